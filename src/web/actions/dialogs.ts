import { createStore } from '../state/store.ts'

/** What is asked about just now. */
export type Dialog =
  | { readonly kind: 'shutdown' | 'migrate' | 'memory'; readonly guests: readonly string[] }
  | { readonly kind: 'maintenance'; readonly host: string }
  | { readonly kind: 'rebalance' }
  | Confirmed

/** What is only confirmed: a deed named with its consequences. */
export type Confirmed =
  | { readonly kind: 'unmanage'; readonly guests: readonly string[] }
  | { readonly kind: 'swear-dead' | 'fence'; readonly host: string }
  | { readonly kind: 'disarm' }

export const dialog = createStore<Dialog | null>(null)

export function closeDialog(): void {
  dialog.set(null)
}
