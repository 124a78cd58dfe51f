import type { ClusterSpec } from '../cluster.ts'
import type { GuestSpec } from '../guest.ts'
import { isName } from '../ids.ts'
import { type NeedSpec, needText } from '../need.ts'
import { defaultProbe, defaultProbePolicy, type Protocol } from '../service.ts'
import { clusterForm, guestForm } from './file-form.ts'
import { isSame, policyForm } from './probe-form.ts'

/** What LauXen's format cannot say; `guest` null: of the cluster as a whole. Fields are named as in `vigia.yaml`. */
export interface LostField {
  readonly guest: string | null
  readonly field: string
}

/** The cluster in LauXen's own format, a guest a line, and all that it does not say. Where nothing is lost, reading it gives the same spec again. */
export function toLauxen(spec: ClusterSpec): { readonly text: string; readonly lost: readonly LostField[] } {
  const lost: LostField[] = []
  const { name, settings, rules, hosts, calendars, sla, drills } = clusterForm({ ...spec, guests: [] })
  for (const [field, value] of Object.entries({
    name,
    hosts: hosts.length === 0 ? undefined : hosts,
    settings,
    rules,
    calendars,
    sla,
    drills,
  })) {
    if (value !== undefined) lost.push({ guest: null, field })
  }
  let text = ''
  for (const guest of spec.guests) {
    const lose = (field: string) => void lost.push({ guest: guest.id, field })
    // `nada` is LauXen's word for no needs.
    if (guest.id.toLowerCase() === 'nada') lose('name')
    else text += lineOf(guest, lose)
  }
  return { text, lost }
}

function lineOf(guest: GuestSpec, lose: (field: string) => void): string {
  const { services, needs, memory, probe, ...others } = guestForm(guest)
  for (const [field, value] of Object.entries(others)) if (value !== undefined) lose(field)
  const { startMib, runMib, maxMib } = guest.memory
  if (startMib !== null) lose('memory.start')
  if (maxMib !== null) lose('memory.max')
  const ports = portsOf(guest, lose)
  const amount = runMib === null ? '' : `{${runMib}}`
  const needed = needsOf(guest.needs, lose)
  return `${guest.id}${ports}${amount}: ${needed === '' ? 'nada' : needed}\n`
}

function portsOf(guest: GuestSpec, lose: (field: string) => void): string {
  const ports = guest.services.flatMap(({ key, port, protocol, probe, probePolicy }) => {
    if (port === null || protocol === null) {
      lose(`services.${key}`)
      return []
    }
    if (!isSame(probe, defaultProbe(port, protocol))) lose(`services.${key}.probe`)
    for (const [field, value] of Object.entries(policyForm(probePolicy, defaultProbePolicy))) {
      if (value !== undefined) lose(`services.${key}.${field}`)
    }
    return [portText(port, protocol)]
  })
  return ports.length === 0 ? '' : `(${ports.join(', ')})`
}

/** Ports of one guest that follow each other share its brackets. */
function needsOf(needs: readonly NeedSpec[], lose: (field: string) => void): string {
  const groups: { name: string; ports: string[] }[] = []
  for (const need of needs) {
    const said = sayable(need, lose)
    if (said === null) continue
    const last = groups.at(-1)
    if (said.port !== null && last?.name === said.name && last.ports.length > 0) last.ports.push(said.port)
    else groups.push({ name: said.name, ports: said.port === null ? [] : [said.port] })
  }
  return groups.map(({ name, ports }) => (ports.length === 0 ? name : `${name}(${ports.join(', ')})`)).join(' ')
}

function sayable(need: NeedSpec, lose: (field: string) => void): { name: string; port: string | null } | null {
  const field = `needs.${needText(need)}`
  const name = need.kind === 'guest' ? need.guest : need.address
  if (!isName(name) || name.toLowerCase() === 'nada') {
    lose(field)
    return null
  }
  if (need.onLoss !== 'pause') lose(`${field}.onLoss`)
  if (need.kind === 'external') {
    const { port, protocol, probe, probePolicy } = need
    if (!isSame(probe, defaultProbe(port, protocol))) lose(`${field}.probe`)
    for (const [key, value] of Object.entries(policyForm(probePolicy))) if (value !== undefined) lose(`${field}.${key}`)
    return { name: `${name}!`, port: portText(port, protocol) }
  }
  if (need.service === null) return { name, port: null }
  const match = /^([0-9]+)\/(tcp|udp)$/.exec(need.service)
  // A service without a port: that the guest runs is the nearest that can be said.
  if (match === null) lose(field)
  return { name, port: match === null ? null : portText(Number(match[1]), match[2] as Protocol) }
}

function portText(port: number, protocol: Protocol): string {
  return `${port}${protocol === 'tcp' ? 'T' : 'U'}`
}
