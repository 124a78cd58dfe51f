import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { begun, connectLimitMs, fault, hasBegun, outcome, type Running, Silence, type WishOf } from './telling.ts'

export function downtime(wish: WishOf<'downtime'>): Running {
  return wish.by.kind === 'ping' ? byPing(wish) : byConnect(wish, wish.by.port)
}

/** Its words are read. */
const plainEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** `ping` counts by itself: what it sent, and what came back; each answer tells when. */
function byPing({ address, intervalMs }: WishOf<'downtime'>): Running {
  const args = ['-n', '-D', '-O', '-i', String(intervalMs / 1_000), address]
  const program = spawn('ping', args, { env: plainEnvironment, stdio: ['ignore', 'pipe', 'pipe'] })
  const silence = new Silence()
  let [first, newest, received, duplicated, complaint] = [0, 0, 0, 0, '']
  let sent: number | null = null
  program.on('error', (error) => fault('not-supported', `ping: ${error.message}`))
  program.stderr.on('data', (chunk) => {
    complaint = (complaint + String(chunk)).slice(-500)
  })
  createInterface({ input: program.stdout }).on('line', (line) => {
    const answer = /^\[(\d+\.\d+)\] \d+ bytes from .*icmp_seq=(\d+)/.exec(line)
    if (answer !== null) {
      if (line.includes('DUP!')) {
        duplicated++
        return
      }
      received++
      newest = Number(answer[2])
      if (first === 0) first = newest
      silence.heard(Number(answer[1]) * 1_000)
      begun()
    }
    const total = /^(\d+) packets transmitted/.exec(line)
    if (total !== null) sent = Number(total[1])
  })
  program.on('close', () => {
    if (sent === null) return fault('not-supported', `ping: ${complaint.trim() || 'it ended without a word'}`)
    silence.heard(Date.now())
    // The last one may still be on its way: it says nothing.
    const counted = (newest < sent ? sent - 1 : sent) - first + 1
    const lost = Math.max(0, counted - received)
    const common = { kind: 'downtime', intervalMs, sent: received + lost, received, lost, duplicated } as const
    outcome({ ...common, longestSilenceMs: silence.longestMs })
  })
  return { stop: () => void program.kill('SIGINT') }
}

/** The same by connects to a service, each given up when the next but one is due. */
function byConnect({ address, intervalMs }: WishOf<'downtime'>, port: number): Running {
  const silence = new Silence()
  let [sent, received, open] = [0, 0, 0]
  const limitMs = Math.max(connectLimitMs, intervalMs)
  const ask = (): void => {
    open++
    const counted = hasBegun()
    if (counted) sent++
    const socket = connect({ host: address, port })
    let done = false
    const close = (answered: boolean): void => {
      if (done) return
      done = true
      open--
      clearTimeout(timer)
      socket.destroy()
      if (!answered) return
      silence.heard()
      if (counted) received++
      begun()
    }
    const timer = setTimeout(() => close(false), limitMs)
    socket.on('connect', () => close(true))
    socket.on('error', () => close(false))
  }
  ask()
  const timer = setInterval(ask, intervalMs)
  return {
    stop: () => {
      clearInterval(timer)
      silence.heard()
      // Those on their way say nothing.
      sent -= Math.min(open, sent - received)
      const common = { kind: 'downtime', intervalMs, sent, received, lost: sent - received, duplicated: 0 } as const
      outcome({ ...common, longestSilenceMs: silence.longestMs })
    },
  }
}
