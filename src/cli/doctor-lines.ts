import type { DoctorCheck } from '../contract/doctor.ts'
import type { FaultDetails } from '../model/fault.ts'
import type { Text } from '../text/text.ts'
import type { CliContext } from './context.ts'

/** PASS, WARN, FAIL: the same in every language, for the eye and for grep. */
export function doctorLines({ text, paint }: CliContext, checks: readonly DoctorCheck[]): string[] {
  const words = { pass: paint.good('PASS'), warn: paint.busy('WARN'), fail: paint.bad('FAIL') }
  const count = (result: DoctorCheck['result']): number => checks.filter((check) => check.result === result).length
  return [
    ...checks.flatMap((check) => {
      const subject = check.subject === null ? '' : `${check.subject}: `
      const line = `${words[check.result]}  ${subject}${sentence(check, text)}`
      const remedy = check.result === 'pass' ? null : remedyOf(check, text)
      return remedy === null ? [line] : [line, `      ${remedy}`]
    }),
    '',
    text.cli('doctor-summary-line', { pass: count('pass'), warn: count('warn'), fail: count('fail') }),
  ]
}

/** Checks whose sentence is not made of a fault. The daemon may be newer and know more of them: those are shown by their name. */
function sentence(check: DoctorCheck, text: Text): string {
  const { id, result, details, fault } = check
  if (fault !== null) return text.fault(fault).sentence
  const say = (name: string): string => words(details, name, text)
  switch (`${id}-${result}`) {
    case 'daemon-pass':
      return text.cli('doctor-daemon-pass', { version: say('version'), socket: say('socket') })
    case 'ready-pass':
      return text.cli('doctor-ready-pass')
    case 'cluster-pass':
      return text.cli('doctor-cluster-pass', { file: say('file') })
    case 'cluster-warn':
      return text.cli('doctor-cluster-warn')
    case 'hypervisor-pass': {
      const cpus = Number(details.cpus)
      const known = { kind: say('kind'), version: say('version'), memory: say('memoryMib') }
      return text.cli('doctor-hypervisor-pass', Number.isFinite(cpus) ? { ...known, cpus } : known)
    }
    case 'autostart-pass':
      return text.cli('doctor-autostart-pass', { domain: say('domain') })
    case 'autostart-fail':
      return text.cli('doctor-autostart-fail', { domain: say('domain') })
    case 'disks-pass':
      return text.cli('doctor-disks-pass')
    case 'disks-fail':
      return text.cli('doctor-disks-fail', { missing: say('missing') })
    case 'address-pass':
      return text.cli('doctor-address-pass', { address: say('address') })
    case 'address-warn':
      return text.cli('doctor-address-warn', { order: say('order') })
    default:
      return [id, ...Object.keys(details).map((name) => `${name} ${say(name)}`)].join(', ')
  }
}

function remedyOf({ id, details, fault }: DoctorCheck, text: Text): string | null {
  if (fault !== null) return text.fault(fault).hint
  switch (id) {
    case 'cluster':
      return text.cli('doctor-cluster-remedy')
    case 'autostart':
      return text.cli('doctor-autostart-remedy', { domain: words(details, 'domain', text) })
    case 'disks':
      return text.cli('doctor-disks-remedy')
    case 'address':
      return text.cli('doctor-address-remedy')
    default:
      return null
  }
}

function words(details: FaultDetails, name: string, text: Text): string {
  const value = details[name]
  if (value === undefined) return ''
  if (typeof value === 'number' && name.endsWith('Mib')) return text.size(value)
  return Array.isArray(value) ? text.list(value) : String(value)
}
