import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Autostart } from '../../src/agent/autostart.ts'
import { Fault } from '../../src/model/fault.ts'
import { guestId } from '../../src/model/ids.ts'

const web = guestId('web')

function world(on: string[], trouble: { list?: boolean; set?: boolean } = {}) {
  const autostarting = new Set(on)
  const told: string[] = []
  const hypervisor = {
    autostarting: async () => {
      if (trouble.list) throw new Fault('hypervisor-lost', 'unknown')
      return [...autostarting]
    },
    setAutostart: async (domain: string, wanted: boolean) => {
      if (trouble.set) throw new Fault('domain-refused', 'not-done')
      if (!wanted) autostarting.delete(domain)
    },
  }
  const autostart = new Autostart(hypervisor, (word, guest, { fault }) => {
    told.push([word, guest, ...(fault ? [fault.code] : [])].join(' '))
  })
  return { autostart, autostarting, told, trouble }
}

test('a watched guest that libvirt starts by itself is settled, once; others are left alone', async () => {
  const { autostart, autostarting, told } = world(['web-domain', 'stranger'])
  const watched = new Map([
    ['web-domain', web],
    ['quiet', guestId('quiet')],
  ])
  await autostart.settle(watched)
  await autostart.settle(watched)
  assert.deepEqual([...autostarting], ['stranger'])
  assert.deepEqual(told, ['autostart-off web'])
})

test('what cannot be settled is told once, and tried again', async () => {
  const { autostart, autostarting, told, trouble } = world(['web'], { set: true })
  const watched = new Map([['web', web]])
  await autostart.settle(watched)
  await autostart.settle(watched)
  trouble.set = false
  await autostart.settle(watched)
  assert.deepEqual([...autostarting], [])
  assert.deepEqual(told, ['fault web domain-refused', 'autostart-off web'])
})

test('a hypervisor that cannot be asked is nobody’s fault here', async () => {
  const { autostart, told, trouble } = world(['web'], { list: true })
  await autostart.settle(new Map([['web', web]]))
  assert.deepEqual(told, [])
  trouble.list = false
  await autostart.settle(new Map([['web', web]]))
  assert.deepEqual(told, ['autostart-off web'])
})
