import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guestCommandLine, guestXml, macOf } from '../../lab/guest.ts'

const image = { kernel: '/k', initrd: '/i', commandLine: 'quiet' }
const web = { name: 'web', address: '10.77.0.101', services: ['22/tcp', '80/http'] }

test('the command line tells the guest who it is', () => {
  assert.equal(
    guestCommandLine(web, image),
    'quiet vigia.name=web vigia.address=10.77.0.101/24 vigia.services=22/tcp,80/http',
  )
  assert.match(
    guestCommandLine({ ...web, opensAfterSeconds: { '22/tcp': 3 }, shutdownSeconds: 2, stubborn: true }, image),
    / vigia\.delay=22\/tcp:3 vigia\.shutdown=2 vigia\.stubborn=1$/,
  )
})

test('a guest keeps its MAC for life, and two guests have two', () => {
  assert.equal(macOf('web'), macOf('web'))
  assert.notEqual(macOf('web'), macOf('dns'))
  assert.match(macOf('web'), /^52:54:00(:[0-9a-f]{2}){3}$/)
})

test('memory: the most it may have, and what it starts with', () => {
  const xml = guestXml({ ...web, memoryMib: 96, maxMemoryMib: 128 }, image, '/log')
  assert.match(xml, /<memory unit='MiB'>128<\/memory>\s*<currentMemory unit='MiB'>96</)
})
