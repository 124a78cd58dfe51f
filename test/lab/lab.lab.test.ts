import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { textOf } from '../../lab/client.ts'
import { labDown } from '../../lab/down.ts'
import { type Lab, openLab, startLab } from '../../lab/lab.ts'
import { markOf, waitGone } from '../../lab/process-mark.ts'
import { eventually, run, until } from '../../lab/run.ts'
import { labFolder } from '../../lab/state.ts'

const WEB = { name: 'web', address: '10.77.0.101', services: ['22/tcp', '80/http', '53/dns', '69/udp'] }
const LATE = {
  name: 'late',
  address: '10.77.0.102',
  services: ['22/tcp', '80/http'],
  opensAfterSeconds: { '80/http': 4 },
}

/** Generous: other suites may be running beside this one. */
const BOOT_LIMIT_MS = 180_000

/** For a guest that is up to answer: silence for so long is silence. */
const ANSWER_LIMIT_MS = 10_000

const id = `t${process.pid.toString(36)}`
let lab: Lab

async function state(guest: string): Promise<string> {
  const { stdout } = await run('virsh', ['-q', '-c', lab.host('h1').libvirtUri, 'domstate', '--reason', guest])
  return stdout.trim()
}

async function boot(guest: typeof WEB | typeof LATE): Promise<number> {
  const start = performance.now()
  await lab.startGuest('h1', guest)
  const answer = await lab.client.wait(guest.address, 22, BOOT_LIMIT_MS)
  assert.equal(answer.verdict, 'answered')
  return performance.now() - start
}

describe('a lab of one host', { timeout: 395_000 }, () => {
  before(async () => {
    const start = performance.now()
    lab = await startLab({ id })
    console.log(`lab up in ${Math.round(performance.now() - start)} ms`)
  })
  after(async () => {
    await lab?.stop()
  })

  test('guests boot and answer TCP, HTTP, UDP and DNS', async (context) => {
    context.diagnostic(`web boots to an answering port in ${Math.round(await boot(WEB))} ms`)
    context.diagnostic(`late boots to an answering port in ${Math.round(await boot(LATE))} ms`)
    const { client } = lab
    const limitMs = ANSWER_LIMIT_MS
    // That one service answers does not say that the others do.
    for (const port of [22, 80]) assert.equal((await client.wait(WEB.address, port, BOOT_LIMIT_MS)).verdict, 'answered')
    assert.match(textOf(await client.talk(WEB.address, 22, '', limitMs)), /^web 22 ready/)
    const page = await client.http(WEB.address, 80, '/', limitMs)
    assert.deepEqual([page.status, page.body], [200, 'hello from web\n'])
    assert.equal((await client.http(WEB.address, 80, '/status/503', limitMs)).status, 503)
    assert.ok((await client.http(WEB.address, 80, '/bytes/3000000', 6 * limitMs)).bytes > 3_000_000)
    await eventually('UDP and DNS answer', BOOT_LIMIT_MS, async () => {
      assert.equal(textOf(await client.udp(WEB.address, 69, 'echo me')), 'echo me')
      assert.deepEqual((await client.dns(WEB.address, 'www.example')).addresses, [WEB.address])
      assert.equal((await client.dns(WEB.address, 'missing.example')).code, 3)
      return true
    })
  })

  test('a service opens as late as it was told to', async () => {
    assert.equal((await lab.client.wait(LATE.address, 80, BOOT_LIMIT_MS)).verdict, 'answered')
  })

  test('closed is refused, silent is silent, hung connects and says nothing, open answers again', async () => {
    const { client } = lab
    const control = lab.control('web')
    await control.close('22/tcp')
    const limitMs = ANSWER_LIMIT_MS
    assert.equal((await client.tcp(WEB.address, 22, limitMs)).verdict, 'refused')
    await control.open('22/tcp')
    assert.equal((await client.tcp(WEB.address, 22, limitMs)).verdict, 'answered')
    await control.silence('80/tcp')
    assert.equal((await client.tcp(WEB.address, 80)).verdict, 'silent')
    await control.hang('80/http')
    assert.equal((await client.http(WEB.address, 80, '/', limitMs / 2)).verdict, 'mute')
    await control.open('80/http')
    assert.equal((await client.http(WEB.address, 80, '/', limitMs)).status, 200)
    await control.close('53/dns')
    assert.equal((await client.dns(WEB.address, 'www.example', 53, limitMs)).verdict, 'refused')
    await control.silence('69/udp')
    assert.equal((await client.udp(WEB.address, 69)).verdict, 'silent')
    assert.deepEqual(await control.status(), {
      '22/tcp': 'open',
      '80/http': 'open',
      '53/dns': 'closed',
      '69/udp': 'silent',
    })
    await control.open('53/dns')
    await control.open('69/udp')
    assert.equal((await client.udp(WEB.address, 69, 'ping', limitMs)).verdict, 'answered')
  })

  test('a paused guest is silent and answers again when resumed', async () => {
    await lab.host('h1').virsh(['suspend', 'web'])
    assert.equal((await lab.client.tcp(WEB.address, 22)).verdict, 'silent')
    await lab.host('h1').virsh(['resume', 'web'])
    assert.equal((await lab.client.wait(WEB.address, 22, BOOT_LIMIT_MS)).verdict, 'answered')
  })

  test('libvirtd killed and started again finds its guests running', async () => {
    await lab.host('h1').killLibvirtd()
    assert.equal((await lab.client.tcp(WEB.address, 22, ANSWER_LIMIT_MS)).verdict, 'answered')
    await lab.host('h1').startLibvirtd()
    assert.match(await state('web'), /^running/)
  })

  test('a reboot from inside keeps the domain', async () => {
    await lab.control('late').reboot()
    await until(
      'services of late gone',
      BOOT_LIMIT_MS,
      async () => (await lab.client.tcp(LATE.address, 22)).verdict !== 'answered',
    )
    assert.equal((await lab.client.wait(LATE.address, 22, BOOT_LIMIT_MS)).verdict, 'answered')
    assert.match(await state('late'), /^running/)
  })

  test('a crash is one for libvirt', async () => {
    // Line by line: into a pipe, virsh would keep what it prints. That it listens it says of nothing; a pause of another guest tells.
    const listen = ['-oL', 'virsh', '-q', '-c', lab.host('h1').libvirtUri, 'event', '--event', 'lifecycle', '--loop']
    const listener = spawn('stdbuf', listen, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LC_ALL: 'C' },
    })
    let heard = ''
    listener.stdout.on('data', (chunk: Buffer) => {
      heard += String(chunk)
    })
    try {
      await until('virsh listens', BOOT_LIMIT_MS, async () => {
        await lab.host('h1').virsh(['suspend', 'web'])
        await lab.host('h1').virsh(['resume', 'web'])
        return heard.includes("'web': Resumed")
      })
      await lab.control('late').crash()
      await until('late gone', BOOT_LIMIT_MS, async () => (await state('late')) === '')
      await until('its crash is told', BOOT_LIMIT_MS, () => /'late': (Crashed|Stopped Crashed)/.test(heard))
    } finally {
      listener.kill('SIGKILL')
    }
  })

  test('the power button: an orderly shutdown within seconds, or none from a stubborn guest', async (context) => {
    await lab.control('web').stubborn(true)
    await lab.host('h1').virsh(['shutdown', 'web'])
    await until('the guest saw the button', BOOT_LIMIT_MS, () =>
      readFileSync(lab.consoleFile('h1', 'web'), 'utf8').includes('ignored'),
    )
    await lab.control('web').stubborn(false)
    const start = performance.now()
    await lab.host('h1').virsh(['shutdown', 'web'])
    await until('web gone', BOOT_LIMIT_MS, async () => (await state('web')) === '')
    context.diagnostic(`orderly shutdown in ${Math.round(performance.now() - start)} ms`)
  })

  test('a frozen host answers nothing, thawed it goes on', async () => {
    await boot(WEB)
    lab.host('h1').freeze()
    assert.equal((await lab.client.tcp(WEB.address, 22)).verdict, 'silent')
    lab.host('h1').thaw()
    assert.equal((await lab.client.wait(WEB.address, 22, BOOT_LIMIT_MS)).verdict, 'answered')
    assert.match(await state('web'), /^running/)
  })

  test('a power cut leaves nothing of the host, and it can be switched on again', async (context) => {
    const host = lab.host('h1')
    const start = performance.now()
    await host.powerCut()
    context.diagnostic(`power cut in ${Math.round(performance.now() - start)} ms`)
    assert.equal(host.isOn, false)
    assert.equal((await lab.client.tcp(WEB.address, 22)).verdict, 'silent')
    assert.deepEqual(processesNaming(host.folder), [])
    assert.equal(existsSync(`/run/netns/${host.namespace}`), false)
    await host.powerOn()
    assert.equal(await state('web'), '')
    await boot(WEB)
  })

  test('nothing of the lab is in the root namespace', async () => {
    assert.doesNotMatch((await run('ip', ['addr'])).stdout, /10\.77\./)
    assert.doesNotMatch((await run('ip', ['route', 'show', 'table', 'all'])).stdout, /10\.77\./)
  })
})

test('a lab whose process was killed is taken down whole', { timeout: 240_000 }, async () => {
  const orphan = `o${process.pid.toString(36)}`
  const program = `
    const { startLab } = await import(${JSON.stringify(join(import.meta.dirname, '../../lab/lab.ts'))})
    const lab = await startLab({ id: '${orphan}' })
    await lab.startGuest('h1', { name: 'g', address: '10.77.0.101', services: ['22/tcp'] })
    await lab.client.wait('10.77.0.101', 22, 120000)
    console.log('ready')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(() => assert.fail('the process of the lab ended by itself'))
  // Only what comes first counts: it is killed below.
  ended.catch(() => undefined)
  await Promise.race([once(child.stdout, 'data'), ended])
  child.kill('SIGKILL')
  const mark = child.pid && markOf(child.pid, 'lab process')
  if (mark) await waitGone(mark, BOOT_LIMIT_MS)
  assert.equal((await openLab(orphan))?.host('h1').isOn, true)
  const done = await labDown(orphan)
  assert.ok(done.length > 0)
  assert.deepEqual(processesNaming(labFolder(orphan)), [])
  assert.deepEqual(
    readdirSync('/run/netns').filter((name) => name.startsWith(`vigia-${orphan}-`)),
    [],
  )
  assert.equal(existsSync(labFolder(orphan)), false)
  assert.deepEqual(await labDown(orphan), [])
})

/** Pids whose command line names this folder. */
function processesNaming(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`)
      } catch {
        // Ended meanwhile.
        return false
      }
    })
}
