import { useEffect, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { faultOf } from '../api/ask.ts'

export interface Asked<T> {
  readonly value: T | null
  readonly fault: Fault | null
  again(): void
}

/** An answer of the daemon, asked anew whenever `about` changes. While it is asked the old one stays. */
export function useAsked<T>(question: () => Promise<T>, about: readonly unknown[]): Asked<T> {
  const [answer, setAnswer] = useState<{ readonly value: T | null; readonly fault: Fault | null }>({
    value: null,
    fault: null,
  })
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `about` says when the question is another one
  useEffect(() => {
    let current = true
    question().then(
      (value) => current && setAnswer({ value, fault: null }),
      (error: unknown) => current && setAnswer({ value: null, fault: faultOf(error) }),
    )
    return () => {
      current = false
    }
  }, [...about, turn])
  return { ...answer, again: () => setTurn((last) => last + 1) }
}
