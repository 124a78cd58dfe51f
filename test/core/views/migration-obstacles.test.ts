import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrationObstacles } from '../../../src/core/views/migration-obstacles.ts'
import type { MigrationNeeds, MigrationOffer } from '../../../src/model/migration.ts'

const needs: MigrationNeeds = {
  memoryMib: 1024,
  arch: 'x86_64',
  machine: 'pc-q35-7.2',
  virtType: 'kvm',
  cpu: { kind: 'any' },
  files: [
    { path: '/shared/web.qcow2', writable: true, local: false },
    { path: '/isos/debian.iso', writable: false, local: true },
  ],
  devices: [],
}
const offer: MigrationOffer = {
  cpu: 'fits',
  machine: 'known',
  memoryFreeMib: 1024,
  missingFiles: [],
  runsThere: false,
}

test('where all is there, nothing stands in the way', () => {
  assert.deepEqual(migrationObstacles(needs, offer), [])
})

test('what cannot be told is no obstacle', () => {
  assert.deepEqual(migrationObstacles(needs, { ...offer, cpu: 'unknown', memoryFreeMib: null }), [])
  assert.deepEqual(migrationObstacles({ ...needs, memoryMib: null }, offer), [])
})

test('all that is in the way is told at once, in the order it would be mended', () => {
  const own = { path: '/images/db.qcow2', writable: true, local: true }
  const demanding = { ...needs, devices: ['hostdev pci'], files: [...needs.files, own] }
  const poor: MigrationOffer = {
    cpu: 'differs',
    machine: 'unknown',
    memoryFreeMib: 1023,
    // That of the disk is no news: there, it would be another disk.
    missingFiles: ['/isos/debian.iso', '/images/db.qcow2'],
    runsThere: true,
  }
  assert.deepEqual(migrationObstacles(demanding, poor), [
    { code: 'runs-there' },
    { code: 'local-device', device: 'hostdev pci' },
    { code: 'file-missing', path: '/isos/debian.iso' },
    { code: 'disk-not-shared', path: '/images/db.qcow2' },
    { code: 'cpu-differs' },
    { code: 'machine-unknown', machine: 'pc-q35-7.2' },
    { code: 'memory-short', neededMib: 1024, freeMib: 1023 },
  ])
})
