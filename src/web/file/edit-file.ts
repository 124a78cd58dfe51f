import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'

/** One change of the cluster file that was drawn or filled in. */
export type Edit =
  | { readonly kind: 'add-need'; readonly guest: string; readonly need: string; readonly onLoss: OnLoss }
  | { readonly kind: 'remove-need'; readonly guest: string; readonly need: string }
  | { readonly kind: 'add-guest'; readonly guest: string; readonly content: GuestContent }

export type OnLoss = 'pause' | 'keep' | 'restart' | 'stop'

/** As the file writes it; what is empty is left out. */
export interface GuestContent {
  readonly domain?: string
  readonly define?: {
    readonly cpus: number
    readonly memory: string
    readonly disks: readonly string[]
    readonly interfaces: readonly { readonly bridge?: string; readonly network?: string }[]
  }
  readonly tags?: readonly string[]
  readonly services?: readonly string[]
  readonly needs?: readonly string[]
}

/** Not as it should be where it is changed: it comes from a tag or an included file, is gone meanwhile, or there already. `message`: what. */
export class NotInFile extends Error {
  override readonly name = 'NotInFile'
}

/** The file with the changes in it; comments and order of all else stay. Throws NotInFile. */
export function edited(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  const document = parseDocument(text === '' ? 'version: 1\n' : text)
  for (const edit of edits) change(document, edit)
  return asWritten(text, document)
}

/** Braces and brackets with or without space inside, as the file has them: a line that nobody changed must not differ. */
function asWritten(text: string, document: Document): string {
  const isPadded = /\{ /.test(text) || !/\{/.test(text)
  const after = document.toString({ lineWidth: 0, flowCollectionPadding: isPadded })
  if (!isPadded || /\[ | \]/.test(text)) return after
  // None stood in the file before, not even within a text: these are all of the writer's own.
  return after.replaceAll('[ ', '[').replaceAll(' ]', ']')
}

function change(document: Document, edit: Edit): void {
  switch (edit.kind) {
    case 'add-need': {
      const needs = listIn(document, guestIn(document, edit.guest), 'needs')
      const item =
        edit.onLoss === 'pause'
          ? edit.need
          : document.createNode({ need: edit.need, onLoss: edit.onLoss }, { flow: true })
      needs.add(item)
      return
    }
    case 'remove-need': {
      const guest = guestIn(document, edit.guest)
      const needs = guest.get('needs')
      const at = isSeq(needs) ? needs.items.findIndex((item) => needIn(item) === edit.need) : -1
      if (!isSeq(needs) || at < 0) throw new NotInFile(`${edit.guest}: ${edit.need}`)
      needs.delete(at)
      if (needs.items.length === 0) guest.delete('needs')
      return
    }
    case 'add-guest': {
      const guests = mapIn(document, document.contents, 'guests')
      // Applied a moment ago, or by somebody else meanwhile.
      if (guests.has(edit.guest)) throw new NotInFile(edit.guest)
      guests.add(document.createPair(edit.guest, withFlows(document, edit.content)))
      return
    }
  }
}

/** Short lists stand on one line, as people write them. */
function withFlows(document: Document, content: GuestContent): unknown {
  const { tags, services, needs, define, ...rest } = content
  const flow = (items: readonly unknown[] | undefined): unknown =>
    items === undefined || items.length === 0 ? undefined : document.createNode(items, { flow: true })
  const fields = {
    ...rest,
    ...(define !== undefined && {
      define: { ...define, disks: flow(define.disks), interfaces: flow(define.interfaces) },
    }),
    tags: flow(tags),
    services: flow(services),
    needs: flow(needs),
  }
  return document.createNode(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
}

function guestIn(document: Document, name: string): YAMLMap {
  const guests = isMap(document.contents) ? document.contents.get('guests') : undefined
  if (!isMap(guests) || !guests.has(name)) throw new NotInFile(name)
  return mapIn(document, guests, name)
}

/** A key without a value is an empty map. */
function mapIn(document: Document, parent: unknown, key: string): YAMLMap {
  if (!isMap(parent)) throw new NotInFile(key)
  const found = parent.get(key)
  if (isMap(found)) return found
  if (found !== undefined && found !== null && !(isScalar(found) && found.value === null)) throw new NotInFile(key)
  const made = document.createNode({}) as unknown as YAMLMap
  made.flow = false
  parent.set(key, made)
  return made
}

function listIn(document: Document, parent: YAMLMap, key: string): YAMLSeq {
  const found = parent.get(key)
  if (isSeq(found)) return found
  const made = document.createNode([], { flow: true }) as unknown as YAMLSeq
  // A single need may stand without brackets.
  if (typeof found === 'string') made.add(found)
  parent.set(key, made)
  return made
}

function needIn(item: unknown): string | null {
  if (isScalar(item)) return String(item.value)
  if (isMap(item)) return String(item.get('need') ?? item.get('external') ?? '')
  return null
}

/** Whether the file reads others in: those are not at hand here. */
export function hasIncludes(text: string): boolean {
  return /^include:/m.test(text)
}
