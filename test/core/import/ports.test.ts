import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePortList, portListText, usualPorts } from '../../../src/core/import/ports.ts'

test('ports, protocols and ranges; each once, in order', () => {
  assert.deepEqual(parsePortList(' 443, 22/TCP,53/udp,53,8000-8002 ,22'), {
    ok: true,
    ports: [
      { port: 22, protocol: 'tcp' },
      { port: 53, protocol: 'tcp' },
      { port: 53, protocol: 'udp' },
      { port: 443, protocol: 'tcp' },
      { port: 8000, protocol: 'tcp' },
      { port: 8001, protocol: 'tcp' },
      { port: 8002, protocol: 'tcp' },
    ],
  })
  assert.deepEqual(parsePortList('none'), { ok: true, ports: [] })
})

test('what is no port is named', () => {
  for (const bad of ['0', '65536', '22x', '22/sctp', '9-8', '-1', '1-65535', '22.5', 'nada']) {
    assert.deepEqual(parsePortList(`80,${bad}`), { ok: false, got: bad })
  }
  assert.deepEqual(parsePortList(''), { ok: false, got: '' })
})

test('the usual ports are written as they are read', () => {
  const read = parsePortList(portListText(usualPorts))
  assert.ok(read.ok)
  assert.deepEqual(new Set(read.ports), new Set(usualPorts))
})
