import type { HistoryEvent } from '../../src/model/event.ts'
import type { HostId } from '../../src/model/ids.ts'
import type { GuestDraft } from '../core/world.ts'
import type { VisitOptions } from './browser.ts'
import { ConsoleDaemon, healthyOffice, office, WideConsoleDaemon } from './console-daemon.ts'
import type { Keys } from './keyboard.ts'
import { realScreen, ScreenDaemon } from './real-screen.ts'

/** One thing that a person can do in the console, done by keyboard alone. */
export interface KeyAction {
  readonly does: string
  /**
   * What of the code it uses: `do-…` as the catalogue names it, `api.…` that changes something, `dialog …` that it goes through, and the
   * files below src/web whose buttons, fields and keys it presses.
   */
  readonly covers: readonly string[]
  run(keys: Keys, daemon: ConsoleDaemon): Promise<void>
}

/** Actions that are done one after the other before one daemon. */
export interface KeyScene {
  readonly name: string
  readonly options?: VisitOptions
  daemon(t: Ends): ConsoleDaemon | Promise<ConsoleDaemon>
  readonly actions: readonly KeyAction[]
}

type Ends = { after(end: () => void | Promise<void>): void }

/** All ready; guests do what they are told. */
export function runningOffice(t: Ends, delayMs = 20): ConsoleDaemon {
  const daemon = new ConsoleDaemon()
  daemon.world.launched().settle()
  daemon.world.see('dns', 'running', daemon.world.seen.get('dns' as never)!.services, {
    ...{ memoryMib: 512, memoryMaxMib: 1_024 },
  })
  t.after(daemon.live({ delayMs }))
  return daemon
}

/** With the screen of a real machine. */
export async function officeWithScreen(t: Ends): Promise<ConsoleDaemon> {
  const daemon = new ScreenDaemon()
  daemon.world.launched().settle()
  daemon.screen = await realScreen(t, 'dns')
  return daemon
}

/** One guest never starts, and that is that. */
export function failingOffice(t: Ends): ConsoleDaemon {
  const daemon = new ConsoleDaemon({ ...office, dns: { ...office.dns, policy: { maxRestarts: 0, maxRelocations: 0 } } })
  daemon.world.settle()
  t.after(daemon.live({ delayMs: 5, broken: ['dns'] }))
  return daemon
}

/** Nothing runs, and what is launched takes its time. */
export function stoppedOffice(t: Ends): ConsoleDaemon {
  const stopped = Object.entries(office).map(([id, draft]) => [id, { ...draft, wish: 'stopped' }] as const)
  const daemon = new ConsoleDaemon(Object.fromEntries(stopped))
  daemon.world.settle()
  t.after(daemon.live({ delayMs: 4_000 }))
  return daemon
}

/** Everything lies on h1, more than h2 could take; h3 is silent; h4's power was taken; nothing is armed. */
export function troubledOffice(): WideConsoleDaemon {
  const host = { fence: ['fence_ipmilan'], memoryMib: 16_384 }
  return new WideConsoleDaemon({
    hosts: { h1: host, h2: { ...host, memoryMib: 8_192 }, h3: { silentMs: 30_000 }, h4: { lost: true } },
    guests: Object.fromEntries(
      Object.entries(office).map(([id, spec]) => [id, { on: 'h1', spec, memoryMib: 1_536 }] as const),
    ),
    members: { armed: false, fenced: { hosts: ['h4' as HostId] } },
  })
}

/** More guests, and more of a history, than a page shows at once. */
export async function crowd(): Promise<ConsoleDaemon> {
  const daemon = new ConsoleDaemon(
    Object.fromEntries(Array.from({ length: 230 }, (_, at) => [`g${at}`, { services: ['22/tcp'] } as GuestDraft])),
  )
  daemon.world.launched().settle()
  const events = Array.from({ length: 260 }, (_, at) => {
    const of = { host: 'h1', actor: 'leader', guest: `g${at % 9}`, service: null, because: null, fault: null }
    return { ...of, at: 1_767_225_600_000 - at * 60_000, word: 'ready', note: null }
  })
  await daemon.history.connect().append(events as unknown as HistoryEvent[])
  return daemon
}

export { healthyOffice }
