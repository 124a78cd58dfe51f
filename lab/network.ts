import { existsSync } from 'node:fs'
import { must, run } from './run.ts'
import { namespacePrefix, type StateFile } from './state.ts'

/*
 * The network of a lab: a switch in a namespace of its own, a client namespace, and one namespace for each host.
 * N1 No address, no route and no interface of the lab is ever in the root namespace.
 * N2 No namespace has a default route: nothing of the lab can leave it.
 */

/** 10.77.0.1 to .99 hosts, .101 to .253 guests, .254 the client. Labs side by side may share it: they never meet. */
export const SUBNET = '10.77.0'
export const PREFIX_BITS = 24
export const CLIENT_ADDRESS = `${SUBNET}.254`

/** Forward delay 0: a port that waits 15 s before it forwards would be taken for a dead guest. */
const BRIDGE = ['type', 'bridge', 'forward_delay', '0', 'mcast_snooping', '0']

export function switchNamespace(id: string): string {
  return `${namespacePrefix(id)}switch`
}

export function clientNamespace(id: string): string {
  return `${namespacePrefix(id)}client`
}

export function hostNamespace(id: string, host: string): string {
  return `${namespacePrefix(id)}${host}`
}

export function hostAddress(number: number): string {
  return `${SUBNET}.${number}`
}

/** Switch and client. */
export async function networkUp(state: StateFile): Promise<void> {
  const { id } = state.state
  const [hub, client] = [switchNamespace(id), clientNamespace(id)]
  await addNamespace(state, hub)
  await addNamespace(state, client)
  await ip(hub, ['link', 'add', 'lan', ...BRIDGE])
  await ip(hub, ['link', 'set', 'lan', 'up'])
  await plug(hub, 'client', client, 'e0')
  await ip(client, ['addr', 'add', `${CLIENT_ADDRESS}/${PREFIX_BITS}`, 'dev', 'e0'])
  await ip(client, ['link', 'set', 'e0', 'up'])
}

/** The host's namespace with its bridge br0, cabled to the switch. */
export async function hostNetworkUp(state: StateFile, host: string, number: number): Promise<void> {
  const { id } = state.state
  const own = hostNamespace(id, host)
  await addNamespace(state, own)
  // A fixed MAC: by default a bridge takes the lowest of its ports and changes it as guests come and go.
  const mac = `02:77:00:00:00:${number.toString(16).padStart(2, '0')}`
  await ip(own, ['link', 'add', 'br0', 'address', mac, ...BRIDGE])
  await plug(switchNamespace(id), host, own, 'up0')
  await ip(own, ['link', 'set', 'up0', 'master', 'br0', 'up'])
  await ip(own, ['addr', 'add', `${hostAddress(number)}/${PREFIX_BITS}`, 'dev', 'br0'])
  await ip(own, ['link', 'set', 'br0', 'up'])
}

/** Removes the host's namespace and with it the cable and every tap in it. */
export async function hostNetworkDown(state: StateFile, host: string): Promise<void> {
  const { id } = state.state
  // The switch's end of the cable goes first: the other one's end may take the kernel a while.
  await run('ip', ['-n', switchNamespace(id), 'link', 'del', host])
  await deleteNamespace(state, hostNamespace(id, host))
}

/** Pulls or plugs the host's cable at the switch. */
export async function setHostLink(id: string, host: string, wanted: 'up' | 'down'): Promise<void> {
  await ip(switchNamespace(id), ['link', 'set', host, wanted])
}

export function namespaceExists(name: string): boolean {
  return existsSync(`/run/netns/${name}`)
}

export async function deleteNamespace(state: StateFile, name: string): Promise<void> {
  if (namespaceExists(name)) await must('ip', ['netns', 'del', name])
  state.removeNamespace(name)
}

async function addNamespace(state: StateFile, name: string): Promise<void> {
  state.addNamespace(name)
  await must('ip', ['netns', 'add', name])
  await ip(name, ['link', 'set', 'lo', 'up'])
  // Without IPv6 nobody sends neighbour discovery into a figure.
  await must('ip', ['netns', 'exec', name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 || true'])
}

async function plug(hub: string, port: string, namespace: string, name: string): Promise<void> {
  await ip(hub, ['link', 'add', port, 'type', 'veth', 'peer', 'name', name, 'netns', namespace])
  await ip(hub, ['link', 'set', port, 'master', 'lan', 'up'])
}

async function ip(namespace: string, args: readonly string[]): Promise<void> {
  await must('ip', ['-n', namespace, ...args])
}
