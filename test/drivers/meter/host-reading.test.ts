import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createHostReader } from '../../../src/drivers/meter/host-reading.ts'

const stat = `cpu  100 1 50 8000 20 3 6 20 7 0
cpu0 50 0 25 4000 10 1 3 10 3 0
intr 12345 0 0
`
const meminfo = `MemTotal:        8388608 kB
MemFree:          100000 kB
MemAvailable:    6291456 kB
Buffers:           10000 kB
`
const diskstats = `   7       0 loop0 5 0 1000 1 0 0 0 0 0 1 1
 254       0 vda 100 0 2000 10 200 0 4000 20 0 30 30 0 0 0 0
 254       1 vda1 90 0 1900 10 190 0 3900 20 0 30 30 0 0 0 0
 253       0 dm-0 90 0 1900 10 190 0 3900 20 0 30 30 0 0 0 0
 259       0 nvme0n1 1 0 8 0 1 0 16 0 0 0 0 0 0 0 0
`
const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999999     10    0    0    0     0          0         0   999999      10    0    0    0     0       0          0
  eth0:    1000     10    0    0    0     0          0         0     2000      10    0    0    0     0       0          0
  eth1: 30 1 0 0 0 0 0 0 40 1 0 0 0 0 0 0
   br0:    1000     10    0    0    0     0          0         0     2000      10    0    0    0     0       0          0
 vnet0: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0
`

/** A machine's /proc and /sys with these files, and folders for names that end with a slash. */
function machine(context: TestContext, files: Readonly<Record<string, string>>, folders: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'vigia-meter-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return createHostReader({ proc: join(root, 'proc'), sys: join(root, 'sys') })
}

const proc = { 'proc/stat': stat, 'proc/meminfo': meminfo, 'proc/diskstats': diskstats, 'proc/net/dev': netDev }

test('a machine with things: disks and cards are counted once, what lies on them is not', async (context) => {
  const read = machine(context, { ...proc, 'sys/class/net/bonding_masters': 'bond0' }, [
    ...['sys/block/vda/device', 'sys/block/nvme0n1/device', 'sys/block/dm-0/dm', 'sys/block/loop0/loop'],
    ...['sys/class/net/eth0/device', 'sys/class/net/eth1/device', 'sys/class/net/lo', 'sys/class/net/br0/bridge'],
  ])
  assert.deepEqual(await read(), {
    ...{ cpuBusyTicks: 180, cpuAllTicks: 8_200, memoryTotalMib: 8_192, memoryUsedMib: 2_048 },
    ...{ diskReadBytes: 2_008 * 512, diskWrittenBytes: 4_016 * 512, netReceivedBytes: 1_030, netSentBytes: 2_040 },
  })
})

test('a machine without: what leads out of it counts, not what it made for its guests', async (context) => {
  const read = machine(context, { ...proc, 'sys/class/net/vnet0/tun_flags': '0x1002' }, [
    ...['sys/block/loop0/loop', 'sys/class/net/lo', 'sys/class/net/br0/bridge', 'sys/class/net/eth1'],
  ])
  const { diskReadBytes, diskWrittenBytes, netReceivedBytes, netSentBytes } = await read()
  assert.deepEqual([diskReadBytes, diskWrittenBytes, netReceivedBytes, netSentBytes], [null, null, 30, 40])
})

test('a kernel that tells nothing is nothing, not nought', async (context) => {
  const read = machine(context, { 'proc/stat': 'cpu x\n', 'proc/meminfo': 'MemTotal: 1024 kB\n' }, [])
  assert.deepEqual(await read(), {
    ...{ cpuBusyTicks: null, cpuAllTicks: null, memoryTotalMib: 1, memoryUsedMib: null },
    ...{ diskReadBytes: null, diskWrittenBytes: null, netReceivedBytes: null, netSentBytes: null },
  })
})

test('the machine of this test is read', async () => {
  const { cpuAllTicks, memoryTotalMib, memoryUsedMib } = await createHostReader()()
  assert.ok(cpuAllTicks! > 0 && memoryTotalMib! > memoryUsedMib! && memoryUsedMib! > 0)
})
