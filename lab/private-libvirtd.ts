import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A libvirtd of a test's own, in mount, pid, network, uts and ipc namespaces of its own: only loopback, its own /run,
 * /etc/libvirt and /var/lib/libvirt. Nothing of it shows in the machine's namespaces except its folder. Needs root.
 */
export interface PrivateLibvirtd {
  readonly socketPath: string
  /** The first process of its namespaces, as seen from here; killing it ends everything in them. */
  readonly pid: number
  /** Its folder, the same path inside and outside. */
  readonly folder: string
  /** Kills libvirtd alone, and keeps it down; guests go on. */
  killDaemon(): void
  /** Lets libvirtd start again after `killDaemon`, and waits until it answers. */
  restartDaemon(): Promise<void>
  /** Stops (SIGSTOP) or continues (SIGCONT) libvirtd: a daemon that hangs. */
  signalDaemon(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Process ids, as seen from here, of the QEMU processes of this libvirtd. */
  guestPids(): number[]
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 90_000

/** While this file is in the folder, libvirtd is not started again. */
const HOLD = 'hold'

const QEMU_CONF = `security_driver = "none"
user = "root"
group = "root"
cgroup_controllers = [ ]
namespaces = [ ]
remember_owner = 0
stdio_handler = "file"
`

/** Why a private libvirtd cannot run here; undefined when it can. */
export function whyNoPrivateLibvirtd(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  const missing = ['/usr/sbin/libvirtd', '/usr/bin/unshare'].filter((path) => !existsSync(path))
  return missing.length > 0 ? `${missing.join(', ')} not installed` : undefined
}

/** Starts one and waits until its socket answers. `stop` must be called, also after a failed test. */
export async function startPrivateLibvirtd(parent: string = tmpdir()): Promise<PrivateLibvirtd> {
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'libvirtd-'))
  const socketPath = join(folder, 'run', 'libvirt-sock')
  layOut(folder)
  const child = spawnNamespaces(folder)
  const daemon = {
    socketPath,
    folder,
    pid: child.pid ?? 0,
    killDaemon: () => {
      writeFileSync(join(folder, HOLD), '')
      for (const pid of processesOf(child, 'libvirtd')) process.kill(pid, 'SIGKILL')
    },
    restartDaemon: async () => {
      rmSync(join(folder, HOLD), { force: true })
      await answers(socketPath, child, folder)
    },
    signalDaemon: (signal: 'SIGSTOP' | 'SIGCONT') => {
      for (const pid of processesOf(child, 'libvirtd')) process.kill(pid, signal)
    },
    guestPids: () => processesOf(child, 'qemu-system'),
    stop: () => stop(child, folder),
  }
  try {
    await answers(socketPath, child, folder)
    return daemon
  } catch (error) {
    await stop(child, folder)
    throw error
  }
}

function layOut(folder: string): void {
  for (const name of ['run', 'lib', 'etc', 'log', 'cache']) mkdirSync(join(folder, name))
  if (existsSync('/etc/libvirt')) cpSync('/etc/libvirt', join(folder, 'etc'), { recursive: true })
  rmSync(join(folder, 'etc', 'qemu', 'networks'), { recursive: true, force: true })
  writeFileSync(join(folder, 'etc', 'qemu.conf'), QEMU_CONF)
  const log = 'log_outputs = "3:file:/var/log/libvirt/libvirtd.log"'
  writeFileSync(
    join(folder, 'etc', 'libvirtd.conf'),
    `host_uuid = "${randomUUID()}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n${log}\n`,
  )
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n')
}

/** Folders that libvirtd finds at the usual places, from ours. */
const BINDS = [
  'run:/run/libvirt',
  'lib:/var/lib/libvirt',
  'etc:/etc/libvirt',
  'log:/var/log/libvirt',
  'cache:/var/cache/libvirt',
]

function spawnNamespaces(folder: string): ChildProcess {
  const script = [
    'set -e',
    'ip link set lo up',
    `mount --bind ${folder}/hosts /etc/hosts`,
    'mount -t tmpfs none /run',
    'mkdir -p /run/libvirt /run/lock /var/lib/libvirt /var/log/libvirt /var/cache/libvirt',
    ...BINDS.map((pair) => {
      const [from, to] = pair.split(':')
      return `mount --bind ${folder}/${from} ${to}`
    }),
    // Our end of this pipe closes when we die, however we die: nothing of it outlives the test.
    'exec 3<&0',
    '{ cat <&3 >/dev/null; touch /run/over; kill -9 -1; } &',
    // The shell is process 1 here: it reaps what libvirtd and QEMU leave, and starts libvirtd again when it was killed.
    `for turn in $(seq 50); do libvirtd 3<&- & wait $! || true; [ -e /run/over ] && exit; while [ -e ${folder}/${HOLD} ]; do sleep 0.05; done; done`,
  ].join('\n')
  const flags = ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc']
  return spawn('unshare', [...flags, '--propagation', 'private', 'bash', '-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, LC_ALL: 'C' },
  })
}

async function answers(socketPath: string, child: ChildProcess, folder: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break
    if (await accepts(socketPath)) return
    await delay(50)
  }
  const logPath = join(folder, 'log', 'libvirtd.log')
  const log = existsSync(logPath) ? readFileSync(logPath, 'utf8').slice(-2000) : 'no log'
  throw new Error(`libvirtd does not answer on ${socketPath}: ${log}`)
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Descendants of `child` whose program's name begins with `program`. */
function processesOf(child: ChildProcess, program: string): number[] {
  const found: number[] = []
  const visit = (pid: number) => {
    for (const next of childrenOf(pid)) {
      if (readOr(`/proc/${next}/comm`).startsWith(program.slice(0, 15))) found.push(next)
      visit(next)
    }
  }
  if (child.pid !== undefined) visit(child.pid)
  return found
}

function childrenOf(pid: number): number[] {
  return readOr(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
}

/** Empty for a process that ended meanwhile. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.pid !== undefined) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    // Process 1 of the namespaces first: with it, the kernel ends everything in them.
    for (const pid of childrenOf(child.pid)) process.kill(pid, 'SIGKILL')
    await Promise.race([gone, delay(5_000)])
    if (child.exitCode === null) child.kill('SIGKILL')
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
