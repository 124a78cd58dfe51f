import { parseArgs } from 'node:util'
import { labDown } from './down.ts'
import { type Lab, openLab, startLab } from './lab.ts'
import { must } from './run.ts'
import { knownLabs } from './state.ts'

const HELP = `usage: node lab/cli.ts COMMAND [--id ID]

  up [--hosts N]            starts a lab and leaves it up
  down [--all]              takes it down; also after a crash or a reboot
  status                    labs, their hosts and guests
  guest HOST NAME ADDRESS SERVICE…
                            starts a guest: guest h1 web 10.77.0.101 22/tcp 80/http
  exec HOST COMMAND…        runs a command inside a host; HOST may be 'client'
  control GUEST COMMAND…    close|open|hang|silent SERVICE, status, crash, poweroff, reboot, stubborn on|off, hold MIB, busy SECONDS
  power HOST on|off|freeze|thaw

Default id: lab. The lab's folder is \${VIGIA_LAB:-/var/tmp/vigia-lab}-ID.
`

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: beforeCommandOf(argv),
    options: {
      id: { type: 'string', default: 'lab' },
      hosts: { type: 'string', default: '1' },
      all: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  const [command, ...words] = [...positionals, ...argv.slice(beforeCommandOf(argv).length)]
  if (command === 'up') {
    const lab = await startLab({ id: values.id, hosts: Number(values.hosts), onStep: say })
    for (const host of lab.hosts) say(`${host.name} ${host.address} ${host.libvirtSocket}`)
    lab.client.close()
    return 0
  }
  if (command === 'down') {
    for (const id of values.all ? knownLabs() : [values.id]) for (const line of await labDown(id)) say(line)
    return 0
  }
  if (command === 'status') return status()
  if (command === undefined || command === 'help') return usage()
  const lab = await openLab(values.id)
  if (lab === undefined) return complain(`no lab '${values.id}'`)
  try {
    return await inLab(lab, command, words)
  } finally {
    lab.client.close()
  }
}

/** What follows `exec HOST` belongs to the command run there, dashes included. */
function beforeCommandOf(argv: readonly string[]): string[] {
  const at = argv.indexOf('exec')
  return at < 0 ? [...argv] : argv.slice(0, at + 2)
}

async function inLab(lab: Lab, command: string, words: readonly string[]): Promise<number> {
  const [name = '', ...rest] = words
  switch (command) {
    case 'exec': {
      const [program = 'true', ...args] = rest
      const place = name === 'client' ? lab.client : lab.host(name)
      const ran = await place.run(program, args, { timeoutMs: 3_600_000 })
      process.stdout.write(ran.stdout)
      process.stderr.write(ran.stderr)
      return ran.status
    }
    case 'control':
      say((await lab.control(name).send(rest.join(' '))) || 'ok')
      return 0
    case 'guest': {
      const [guest = '', address = '', ...services] = rest
      await lab.startGuest(name, { name: guest, address, services })
      return 0
    }
    case 'power':
      return power(lab, name, rest[0])
    default:
      return usage()
  }
}

async function power(lab: Lab, name: string, wanted: string | undefined): Promise<number> {
  const host = lab.host(name)
  if (wanted === 'on') await host.powerOn()
  else if (wanted === 'off') await host.powerCut()
  else if (wanted === 'freeze') host.freeze()
  else if (wanted === 'thaw') host.thaw()
  else return usage()
  return 0
}

async function status(): Promise<number> {
  for (const id of knownLabs()) {
    const lab = await openLab(id)
    for (const host of lab?.hosts ?? []) {
      say(`${id} ${host.name} ${host.address} ${host.isOn ? 'on' : 'off'} ${host.libvirtSocket}`)
      if (host.isOn) say((await must('virsh', ['-c', host.libvirtUri, 'list', '--all'])).trimEnd())
    }
  }
  return 0
}

function usage(): number {
  process.stderr.write(HELP)
  return 64
}

function complain(line: string): number {
  process.stderr.write(`lab: ${line}\n`)
  return 1
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) =>
  complain(error instanceof Error ? error.message : String(error)),
)
