import { maxShown } from './limits.ts'

/**
 * A YAML file as a tree of what is written, each value with its offset in the text. Scalars keep their text: the field that
 * reads one decides whether `22` is a number or a name.
 */
export type FileNode = ScalarNode | MapNode | ListNode

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly at: number
  readonly text: string
  /** False: written in quotes or as a block, so it is text whatever it looks like. */
  readonly plain: boolean
}

export interface MapNode {
  readonly kind: 'map'
  readonly at: number
  readonly entries: readonly MapEntry[]
}

export interface MapEntry {
  readonly key: string
  readonly keyAt: number
  readonly value: FileNode
}

export interface ListNode {
  readonly kind: 'list'
  readonly at: number
  readonly items: readonly FileNode[]
}

/** Nothing was written: `key:`, `~` or `null`. */
export function isNothing(node: FileNode): boolean {
  return node.kind === 'scalar' && node.plain && /^(?:~|null|Null|NULL|)$/.test(node.text)
}

/** The value as it is repeated in an error. */
export function shown(node: FileNode): string {
  if (node.kind === 'map') return '{…}'
  if (node.kind === 'list') return '[…]'
  return isNothing(node) ? '' : shorten(node.text)
}

export function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length <= maxShown ? line : `${line.slice(0, maxShown - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
