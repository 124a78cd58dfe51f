import { commentText, type DraftLine, type DraftNote } from '../core/import/draft-line.ts'
import type { Text } from '../text/text.ts'
import { wrap } from './help.ts'

/** Comments longer than this are broken; YAML is not. */
const widest = 120

/** A draft as the text of a file. */
export function draftText(lines: readonly DraftLine[], text: Text): string {
  return lines
    .flatMap((line) => lineText(line, text))
    .join('\n')
    .concat('\n')
}

function lineText({ indent, yaml, isComment, note }: DraftLine, text: Text): string[] {
  const margin = '  '.repeat(indent)
  const said = note === null ? '' : commentText(noteText(note, text))
  if (yaml === '')
    return said === '' ? [''] : wrap(said, widest - margin.length - 2).map((part) => `${margin}# ${part}`)
  const code = `${margin}${isComment ? '# ' : ''}${yaml}`
  return [said === '' ? code : `${code} # ${said}`]
}

export function noteText(note: DraftNote, text: Text): string {
  switch (note.code) {
    case 'head':
      return text.cli('draft-head', note)
    case 'scanned':
      return text.cli('draft-scanned', { perSecond: note.perSecond, ports: note.ports.join(', ') })
    case 'scan-left-out':
      return text.cli('draft-scan-left-out', { guests: text.list(note.guests) })
    case 'traffic-seen':
      return text.cli('draft-traffic-seen', { from: text.list(note.from.map((one) => text.cli(`draft-from-${one}`))) })
    case 'host':
      return text.cli('draft-host', { memory: text.size(note.memoryMib), cpus: note.cpus })
    case 'machine':
      return text.cli('draft-machine', machineValues(note, text))
    case 'disk':
      return text.cli('draft-disk', diskValues(note, text))
    case 'interface':
      return text.cli('draft-interface', {
        kind: note.kind,
        source: note.source ?? '',
        mac: note.mac ?? '',
        model: note.model ?? '',
      })
    case 'address-found':
      return text.cli('draft-address-found', { address: note.address, from: text.cli(sourceKeys[note.source]) })
    case 'more-addresses':
      return text.cli('draft-more-addresses', { addresses: text.list(note.addresses) })
    case 'need-seen':
      return text.cli('draft-need-seen', note)
    case 'more-needs':
      return text.cli('draft-more-needs', note)
    case 'unnameable':
      return text.cli('draft-unnameable', { domain: JSON.stringify(note.domain) })
    case 'made-by-vigia':
      return text.cli('draft-made-by-vigia', note)
    default:
      return text.cli(`draft-${note.code}`)
  }
}

const sourceKeys = { lease: 'draft-from-lease', agent: 'draft-from-the-agent', arp: 'draft-from-arp' } as const

function machineValues(note: Extract<DraftNote, { code: 'machine' }>, text: Text) {
  const { memoryMib, memoryMaxMib, cpus } = note
  const most = memoryMaxMib !== null && memoryMaxMib !== memoryMib ? text.size(memoryMaxMib) : ''
  return { memory: memoryMib === null ? '' : text.size(memoryMib), most, ...(cpus === null ? {} : { cpus }) }
}

function diskValues(note: Extract<DraftNote, { code: 'disk' }>, text: Text) {
  const { device, target, source, format, readOnly } = note
  return {
    device,
    target,
    source: source ?? text.cli('draft-empty-drive'),
    format: format ?? '',
    readOnly: readOnly ? text.cli('draft-read-only') : '',
  }
}
