import { defaultGuestPolicy } from '../guest.ts'
import { guestId, isName, type ServiceKey } from '../ids.ts'
import { defaultProbe, defaultProbePolicy, portKey, type ServiceSpec } from '../service.ts'
import { maxSizeMib } from '../units.ts'
import type { ClusterDraft, GuestDraft } from './draft.ts'
import { defaultAddress } from './guest-draft.ts'
import { maxGuests, maxServices } from './limits.ts'
import type { NeedDraft } from './need-shape.ts'
import { shorten } from './node.ts'
import type { LauxenExpected } from './problem.ts'
import type { Located, Reader } from './reader.ts'
import type { Port } from './service-shape.ts'

/**
 * LauXen's own format, a guest a line: `NAME [(PORTS)] [{MIB}] : (nada | NEED+)`, `NEED = NAME ['!'] [(PORTS)]`.
 * Spaces and tabs are free, `#` begins a comment. Every line with an error gives one; the others are read on.
 */
export function readLauxen(reader: Reader, draft: ClusterDraft): void {
  const { text } = reader.source
  const end = /\r\n|\n|\r/g
  let guests = 0
  for (let from = 0; from <= text.length; ) {
    end.lastIndex = from
    const found = end.exec(text)
    const until = found === null ? text.length : found.index
    const comment = text.indexOf('#', from)
    const line: Line = { reader, text, at: from, end: comment >= 0 && comment < until ? comment : until }
    skipBlank(line)
    if (line.at < line.end) {
      guests += 1
      if (guests > maxGuests) {
        reader.error(line, { code: 'too-many', what: 'guests', expected: maxGuests, got: guests })
        return
      }
      const guest = readLine(line, draft.declared)
      if (guest !== undefined) draft.guests.push(guest)
    }
    from = until + (found?.[0].length ?? 1)
  }
}

/** One line, and how far it is read. */
interface Line {
  readonly reader: Reader
  readonly text: string
  readonly end: number
  at: number
}

function readLine(line: Line, declared: Set<string>): GuestDraft | undefined {
  const { at } = line
  const name = readWord(line, 'name')
  if (name === undefined) return undefined
  if (isNada(name)) return line.reader.error({ at }, { code: 'bad-name', reason: 'reserved', got: name })
  declared.add(name)
  return line.reader.under('guests', () =>
    line.reader.under(name, () => {
      const ports = readPorts(line)
      const runMib = ports && readMemory(line)
      if (ports === undefined || runMib === undefined || !expect(line, ':', 'colon')) return undefined
      const needs = readNeeds(line)
      return needs && lauxenGuest(name, at, ports, runMib, needs, line.reader)
    }),
  )
}

/** What one line of LauXen's says: an existing domain of that name, all else as usual. */
export function lauxenGuest(
  name: string,
  at: number,
  ports: readonly Located<Port>[],
  runMib: number | null,
  needs: readonly Located<NeedDraft>[],
  reader: Reader,
): GuestDraft {
  const spec = {
    id: guestId(name),
    source: { kind: 'existing', domain: name },
    address: defaultAddress,
    services: ports.map(({ value }) => lauxenService(value)),
    wish: 'running',
    host: null,
    startAtBoot: true,
    priority: 0,
    tags: [],
    memory: { startMib: null, runMib, maxMib: null },
    cpus: null,
    policy: defaultGuestPolicy,
    failback: true,
    liveMigration: true,
  } as const
  return { source: reader.source, at, spec, needs, places: {} }
}

function lauxenService({ port, protocol }: Port): ServiceSpec {
  return {
    key: portKey(port, protocol),
    port,
    protocol,
    probe: defaultProbe(port, protocol),
    probePolicy: defaultProbePolicy,
  }
}

/** `(22T, 80T)`; nothing or `()` = none. */
function readPorts(line: Line): Located<Port>[] | undefined {
  const ports: Located<Port>[] = []
  if (!take(line, '(')) return ports
  if (take(line, ')')) return ports
  const firsts = new Map<ServiceKey, number>()
  for (;;) {
    const { at } = line
    const port = readPort(line)
    if (port === undefined) return undefined
    const key = portKey(port.port, port.protocol)
    const first = firsts.get(key)
    if (first === undefined) ports.push({ value: port, at })
    else line.reader.error({ at }, { code: 'duplicate-service', got: key, first: line.reader.source.place(first) })
    firsts.set(key, first ?? at)
    if (ports.length > maxServices) {
      return line.reader.error({ at }, { code: 'too-many', what: 'services', expected: maxServices, got: ports.length })
    }
    if (take(line, ')')) return ports
    if (!expect(line, ',', 'comma-or-close')) return undefined
  }
}

function readPort(line: Line): Port | undefined {
  const { at } = line
  const digits = readWhile(line, isDigit)
  const letters = readWhile(line, isLetterOrDigit)
  skipBlank(line)
  const got = shorten(digits + letters)
  if (digits === '') return wrong({ ...line, at }, 'port')
  if (letters === '') return line.reader.error({ at }, { code: 'port-without-protocol', got })
  const protocol = letters.toUpperCase()
  if (protocol !== 'T' && protocol !== 'U') return wrong({ ...line, at }, 'port')
  const port = digits.length > 6 ? Number.POSITIVE_INFINITY : Number(digits)
  if (port < 1 || port > 65_535) return line.reader.error({ at }, { code: 'port-out-of-range', got })
  return { port, protocol: protocol === 'T' ? 'tcp' : 'udp' }
}

/** `{300}`, in MiB; null without it. */
function readMemory(line: Line): number | null | undefined {
  if (!take(line, '{')) return null
  const { at } = line
  const digits = readWhile(line, isDigit)
  skipBlank(line)
  if (digits === '') return wrong(line, 'mib')
  if (!expect(line, '}', 'close-brace')) return undefined
  const mib = digits.length > 15 ? Number.POSITIVE_INFINITY : Number(digits)
  if (mib >= 1 && mib <= maxSizeMib) return mib
  return line.reader.error({ at }, { code: 'out-of-range', from: 1, to: maxSizeMib, unit: 'MiB', got: shorten(digits) })
}

function readNeeds(line: Line): Located<NeedDraft>[] | undefined {
  const needs: Located<NeedDraft>[] = []
  let nadaAt = -1
  if (line.at >= line.end) return wrong(line, 'need-or-nada')
  while (line.at < line.end) {
    const { at } = line
    const name = readWord(line, 'need')
    if (name === undefined) return undefined
    if (isNada(name)) {
      if (nadaAt >= 0 || needs.length > 0) return line.reader.error({ at }, { code: 'nada-with-needs', got: name })
      nadaAt = at
      continue
    }
    if (nadaAt >= 0) return line.reader.error({ at: nadaAt }, { code: 'nada-with-needs', got: name })
    const read = readNeed(line, name, at)
    if (read === undefined) return undefined
    needs.push(...read)
  }
  return needs
}

/** One need for each port; without ports, that guest runs. */
function readNeed(line: Line, name: string, at: number): Located<NeedDraft>[] | undefined {
  const external = take(line, '!')
  const ports = readPorts(line)
  if (ports === undefined) return undefined
  if (external && ports.length === 0) return line.reader.error({ at }, { code: 'external-without-port', got: name })
  if (ports.length === 0) return [{ at, value: { target: { kind: 'guest', name, service: null }, onLoss: 'pause' } }]
  return ports.map(({ value }, index) => ({
    at: index === 0 ? at : ports[index]!.at,
    value: { target: external ? externalTarget(name, value) : guestTarget(name, value), onLoss: 'pause' },
  }))
}

function externalTarget(address: string, { port, protocol }: Port): NeedDraft['target'] {
  return {
    kind: 'external',
    address,
    explicit: true,
    port,
    protocol,
    probe: defaultProbe(port, protocol),
    probePolicy: {},
  }
}

function guestTarget(name: string, { port, protocol }: Port): NeedDraft['target'] {
  return { kind: 'guest', name, service: portKey(port, protocol) }
}

function readWord(line: Line, expected: 'name' | 'need'): string | undefined {
  const { at } = line
  const word = readWhile(line, isNameChar)
  if (word === '') return wrong(line, expected)
  if (!isName(word)) {
    return line.reader.error(
      { at },
      { code: 'bad-name', reason: word.length > 63 ? 'too-long' : 'shape', got: shorten(word) },
    )
  }
  skipBlank(line)
  return word
}

function isNada(word: string): boolean {
  return word.toLowerCase() === 'nada'
}

function expect(line: Line, char: string, expected: LauxenExpected): boolean {
  if (take(line, char)) return true
  wrong(line, expected)
  return false
}

function take(line: Line, char: string): boolean {
  if (line.at >= line.end || line.text[line.at] !== char) return false
  line.at += 1
  skipBlank(line)
  return true
}

/** What stands at the place up to the next blank; nothing at the end of the line. */
function wrong(line: Line, expected: LauxenExpected): undefined {
  const rest = line.text.slice(line.at, Math.min(line.end, line.at + 200))
  return line.reader.error(line, { code: 'lauxen-syntax', expected, got: shorten(/^\S*/.exec(rest)?.[0] ?? '') })
}

function skipBlank(line: Line): void {
  readWhile(line, isBlank)
}

function readWhile(line: Line, is: (code: number) => boolean): string {
  const from = line.at
  while (line.at < line.end && is(line.text.charCodeAt(line.at))) line.at += 1
  return line.text.slice(from, line.at)
}

const isBlank = (code: number) => code === 32 || code === 9
const isDigit = (code: number) => code >= 48 && code <= 57
const isLetterOrDigit = (code: number) => isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
const isNameChar = (code: number) => isLetterOrDigit(code) || code === 46 || code === 95 || code === 45
