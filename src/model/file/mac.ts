/**
 * The MAC of a guest's interface: always the same for the same guest and place, so that a guest keeps its own for life, on any host.
 * `02` marks it as locally administered; 40 bits of hash make two guests with the same one a matter of luck (and refused).
 */
export function derivedMac(guest: string, index: number): string {
  const text = `${guest}/${index}`
  const high = fnv1a(text, 0x811c9dc5)
  const low = fnv1a(text, high ^ 0x5bd1e995)
  const hex = (high >>> 0).toString(16).padStart(8, '0') + (low & 0xff).toString(16).padStart(2, '0')
  return ['02', ...hex.match(/../g)!].join(':')
}

/** Lower case with colons; null where it is no MAC of one machine (group addresses have the lowest bit of the first byte set). */
export function normalMac(text: string): string | null {
  if (!/^[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}$/.test(text)) return null
  const mac = text.toLowerCase().replaceAll('-', ':')
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 || mac === '00:00:00:00:00:00' ? null : mac
}

/** 32-bit FNV-1a with a chosen beginning, and a final mix: the last character alone would change only a few bits. */
function fnv1a(text: string, seed: number): number {
  let hash = seed
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
