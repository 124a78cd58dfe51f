/** The same values, each once, in the order in which they first came. */
export function onlyOnce<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
