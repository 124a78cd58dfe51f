import { formatMs } from '../units.ts'

/** A value as it stands in the file; undefined is left out. */
export type Form = string | number | boolean | readonly Form[] | FormMap
export interface FormMap {
  readonly [key: string]: Form | undefined
}

export function unless<T>(value: T, usual: T): T | undefined {
  return value === usual ? undefined : value
}

/** A map with anything in it. */
export function some(map: FormMap): FormMap | undefined {
  return Object.values(map).some((value) => value !== undefined) ? map : undefined
}

export function duration(ms: number, usualMs: number): string | undefined {
  return ms === usualMs ? undefined : formatMs(ms)
}
