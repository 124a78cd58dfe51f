import { createStore } from './store.ts'

export interface Note {
  readonly id: number
  readonly variant: 'success' | 'info' | 'warning' | 'danger'
  readonly title: string
  readonly lines: readonly string[]
}

/** Good news goes by itself; bad news stays until it was read. */
const goodMs = 6_000
const notesKept = 4

export const notes = createStore<readonly Note[]>([])

let last = 0

export function note(variant: Note['variant'], title: string, lines: readonly string[] = []): void {
  const id = ++last
  notes.set([{ id, variant, title, lines }, ...notes.get()].slice(0, notesKept))
  if (variant === 'success' || variant === 'info') setTimeout(() => dismiss(id), goodMs)
}

export function dismiss(id: number): void {
  notes.set(notes.get().filter((one) => one.id !== id))
}
