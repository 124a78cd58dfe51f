import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bestAddress, createAddressFinder } from '../../../src/drivers/address/finder.ts'
import { type Neighbour, parseNeighbours } from '../../../src/drivers/address/neighbours.ts'
import { interfaceMacs } from '../../../src/drivers/libvirt/interface-macs.ts'
import { Fault } from '../../../src/model/fault.ts'
import { type AddressSpec, defaultAddressOrder, defaultGuestPolicy, type GuestSpec } from '../../../src/model/guest.ts'
import { guestId } from '../../../src/model/ids.ts'

function guest(address: AddressSpec): GuestSpec {
  return {
    id: guestId('mail'),
    source: { kind: 'existing', domain: 'mail-vm' },
    address,
    services: [],
    needs: [],
    wish: 'running',
    host: null,
    startAtBoot: true,
    priority: 0,
    tags: [],
    memory: { startMib: null, runMib: null, maxMib: null },
    cpus: null,
    policy: defaultGuestPolicy,
    failback: false,
    liveMigration: false,
  }
}

const anywhere = guest({ kind: 'find', order: defaultAddressOrder })

const definition = `<domain><devices>
  <interface type='bridge'><mac address='52:54:00:AA:BB:01'/></interface>
  <interface type='bridge'><mac address='52:54:00:aa:bb:02'/></interface>
</devices></domain>`

interface Known {
  readonly lease?: () => Promise<readonly string[]>
  readonly agent?: () => Promise<readonly string[]>
  readonly arp?: () => Promise<readonly string[]>
  readonly neighbours?: readonly Neighbour[]
  readonly names?: Readonly<Record<string, readonly string[]>>
}

function finder(known: Known, asked: string[] = []) {
  return createAddressFinder({
    hypervisor: {
      addresses: (name, source) => {
        asked.push(`${source} ${name}`)
        return known[source]?.() ?? Promise.resolve([])
      },
      definition: async () => definition,
    },
    neighbours: async () => known.neighbours ?? [],
    resolve: async (name) => {
      asked.push(`name ${name}`)
      return known.names?.[name] ?? []
    },
  })
}

test('a given address is taken as it is, and nobody is asked', async () => {
  const asked: string[] = []
  assert.equal(await finder({}, asked).find(guest({ kind: 'fixed', address: '10.0.0.9' }), 'mail-vm'), '10.0.0.9')
  assert.deepEqual(asked, [])
})

test('the sources are asked in order, and none after the first that knows', async () => {
  const asked: string[] = []
  assert.equal(await finder({ agent: async () => ['10.0.0.2'] }, asked).find(anywhere, 'mail-vm'), '10.0.0.2')
  assert.deepEqual(asked, ['lease mail-vm', 'agent mail-vm'])
  const byName = guest({ kind: 'find', order: ['name', 'lease'] })
  assert.equal(await finder({ names: { mail: ['10.0.0.3'] } }).find(byName, 'mail-vm'), '10.0.0.3')
})

test('nobody knows: null, and the domain name was tried after the guest name', async () => {
  const asked: string[] = []
  assert.equal(await finder({}, asked).find(anywhere, 'mail-vm'), null)
  assert.deepEqual(asked, ['lease mail-vm', 'agent mail-vm', 'arp mail-vm', 'name mail', 'name mail-vm'])
})

test('a source that fails or hangs does not keep the next from being asked', async () => {
  const lease = () => Promise.reject(new Fault('hypervisor-lost', 'not-done'))
  const agent = () => new Promise<readonly string[]>(() => undefined)
  assert.equal(await finder({ lease, agent, names: { mail: ['10.0.0.4'] } }).find(anywhere, 'mail-vm'), '10.0.0.4')
})

test('a hanging source is asked once, however often the address is wanted', async () => {
  const asked: string[] = []
  const one = finder({ agent: () => new Promise(() => undefined) }, asked)
  const order = guest({ kind: 'find', order: ['agent'] })
  assert.deepEqual(await Promise.all([one.find(order, 'x'), one.find(order, 'x')]), [null, null])
  assert.deepEqual(asked, ['agent x'])
})

test('the own ARP table is searched by the MACs of the domain; entries nobody answers to do not count', async () => {
  const neighbour = (address: string, mac: string, complete: boolean) => ({ address, mac, complete, device: 'br0' })
  const neighbours = [
    neighbour('10.0.0.6', '52:54:00:aa:bb:01', false),
    neighbour('10.0.0.7', '52:54:00:ff:ff:ff', true),
    neighbour('10.0.0.8', '52:54:00:aa:bb:02', true),
  ]
  assert.equal(await finder({ neighbours }).find(anywhere, 'mail-vm'), '10.0.0.8')
})

test('IPv4 first, prefixes cut, nothing that is local to a link or to the guest', () => {
  for (const [given, best] of [
    [['fe80::1', '169.254.3.4', '127.0.0.1', '10.1.2.3/24'], '10.1.2.3'],
    [['2001:db8::5/64', '192.168.1.9'], '192.168.1.9'],
    [['::1', 'fe80::5054:ff:fe00:1/64', '2001:db8::5/64'], '2001:db8::5'],
    [['not an address', '', '0.0.0.0', '224.0.0.1'], null],
    [[], null],
  ] as const) {
    assert.equal(bestAddress(given), best)
  }
})

test('the kernel table is read line by line; strange lines are left out', () => {
  const text = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.1         0x1         0x2         52:54:00:AA:BB:01     *        br0
10.0.0.2         0x1         0x0         00:00:00:00:00:00     *        br0
nonsense
`
  assert.deepEqual(parseNeighbours(text), [
    { address: '10.0.0.1', mac: '52:54:00:aa:bb:01', complete: true, device: 'br0' },
    { address: '10.0.0.2', mac: '00:00:00:00:00:00', complete: false, device: 'br0' },
  ])
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => Array.isArray(parseNeighbours(any))))
})

test('MACs of a definition; any text at all has none', () => {
  assert.deepEqual(interfaceMacs(definition), ['52:54:00:aa:bb:01', '52:54:00:aa:bb:02'])
  for (const text of ['', '<', '<domain/>', '<domain><devices><interface/></devices></domain>', '<domain>1</domain>']) {
    assert.deepEqual(interfaceMacs(text), [])
  }
  fc.assert(fc.property(fc.string(), (text) => assert.deepEqual(interfaceMacs(`<${text}`), [])))
})
