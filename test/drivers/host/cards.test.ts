import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { cardPaths } from '../../../src/drivers/host/cards.ts'

test('the cards below an address: of a card itself, a VLAN, a bond, a VLAN on a bond, a bridge with guests on it', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-cards-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const devices = ['eth0/device', 'eth1/device', 'eth2/device']
  const below = ['eth0.7/lower_eth0', 'bond0/lower_eth1', 'bond0/lower_eth2', 'bond0.9/lower_bond0', 'br0/lower_eth0']
  for (const name of [...devices, ...below, 'veth3/queues', 'loop/lower_loop']) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  const own = new Map([
    ['192.0.2.1', 'eth0'],
    ['198.51.100.1', 'eth0.7'],
    ['203.0.113.1', 'bond0.9'],
    ['2001:db8::1', 'br0'],
    ['192.0.2.9', 'veth3'],
    ['192.0.2.10', 'loop'],
    ['192.0.2.11', 'gone'],
  ])
  const found = await cardPaths([...own.keys(), '192.0.2.1', '192.0.2.200'], own, folder)
  assert.deepEqual(found, [
    { address: '192.0.2.1', cards: ['eth0'] },
    { address: '198.51.100.1', cards: ['eth0'] },
    { address: '203.0.113.1', cards: ['eth1', 'eth2'] },
    { address: '2001:db8::1', cards: ['eth0'] },
    { address: '192.0.2.9', cards: ['veth3'] },
    { address: '192.0.2.10', cards: ['loop'] },
    { address: '192.0.2.11', cards: ['gone'] },
  ])
})
