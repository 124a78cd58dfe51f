import { isIPv4 } from 'node:net'
import type { ResultFor } from './procedures.ts'

/** The addresses others can reach: no loopback, no link-local; IPv4 first, each once, in libvirt's order. */
export function usefulAddresses(interfaces: ResultFor<'domainInterfaceAddresses'>['ifaces']): string[] {
  const all = interfaces.flatMap(({ addrs }) => addrs.map(({ addr }) => addr)).filter(reachable)
  const unique = [...new Set(all)]
  return [...unique.filter((address) => isIPv4(address)), ...unique.filter((address) => !isIPv4(address))]
}

function reachable(address: string): boolean {
  const text = address.toLowerCase()
  if (text === '::1' || text.startsWith('127.') || text.startsWith('169.254.')) return false
  // fe80::/10
  return !/^fe[89ab]/.test(text)
}
