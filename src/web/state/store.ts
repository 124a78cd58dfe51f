import { useSyncExternalStore } from 'react'

/** A value that components follow. `set` with the same value tells nobody. */
export interface Store<T> {
  get(): T
  set(next: T): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** What `select` picks has to be a part of the value, not a new object: it is compared by identity. */
export function useStore<T, Part>(store: Store<T>, select: (value: T) => Part): Part {
  const read = (): Part => select(store.get())
  return useSyncExternalStore(store.subscribe, read, read)
}
