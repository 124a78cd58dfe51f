import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consequencesOf } from '../../src/web/dialogs/consequences.ts'
import { guest, need } from './samples.ts'

const all = [
  guest('dns', { wave: 1 }),
  guest('db', { wave: 2, needs: [need('dns:53/udp')] }),
  guest('web', { wave: 3, needs: [need('db:5432/tcp', 'answers', 'stop')] }),
  guest('log', { wave: 2, needs: [need('dns:53/udp', 'answers', 'keep')] }),
  guest('off', { wave: 2, run: 'stopped', needs: [need('dns:53/udp')] }),
  guest('after-log', { wave: 3, needs: [need('log:514/udp')] }),
]

test('it names whom a shutdown hits, also through whoever is paused by it', () => {
  assert.deepEqual(consequencesOf(all, ['dns']), [
    { guest: 'db', need: 'dns:53/udp', does: 'pause' },
    { guest: 'web', need: 'db:5432/tcp', does: 'stop' },
    // It goes on: what needs it is not hit.
    { guest: 'log', need: 'dns:53/udp', does: 'keep' },
  ])
})

test('who goes down himself is not hit, nor is who is down already', () => {
  assert.deepEqual(consequencesOf(all, ['dns', 'db', 'web', 'log']), [
    { guest: 'after-log', need: 'log:514/udp', does: 'pause' },
  ])
})
