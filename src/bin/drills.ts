import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DrillPowers } from '../api/powers.ts'
import type { Client } from '../client/client.ts'
import { createClient } from '../client/client.ts'
import { unixTransport } from '../client/unix-transport.ts'
import type { StatusView } from '../contract/status.ts'
import { DrillKeeper } from '../control/drills/keeper.ts'
import { StoredDrills } from '../control/drills/stored-drills.ts'
import { compileCluster } from '../core/graph.ts'
import { hostViews } from '../core/hosts.ts'
import type { ClusterSnapshot } from '../core/snapshot.ts'
import { clusterView } from '../core/views/cluster-view.ts'
import { survival } from '../core/views/survive.ts'
import { runAgent } from '../drivers/fence-agents/agent-run.ts'
import { whyNot } from '../drivers/hook/program-hook.ts'
import { createLoadSource } from '../drivers/load/load-source.ts'
import { nextDue } from '../drivers/schedule/cron.ts'
import type { DrillView } from '../model/drill.ts'
import { type DrillFailure, type DrillSchedule, type DrillSettings, noDrillSettings } from '../model/drill-settings.ts'
import { Fault, faultData } from '../model/fault.ts'
import { type GuestId, guestId, type HostId, hostId, type ServiceKey } from '../model/ids.ts'
import type { GuestWish } from '../model/wish.ts'
import type { DrillHands } from '../ports/drill-hands.ts'
import type { Fencer, Power } from '../ports/fencer.ts'
import type { LoadSource } from '../ports/load-source.ts'
import type { Log } from '../ports/log.ts'
import { type Store, storeKeys } from '../ports/store.ts'
import type { Daemon } from './daemon.ts'

/** A power that was taken or given reads so by then, through the slowest of devices. */
const powerLimitMs = 60_000
const readAgainMs = 500

/** Of a program that breaks or mends a service. */
const failureLimitMs = 30_000

/** Of what it said. */
const keptChars = 500

/** Somebody else may write the same wish. */
const wishTries = 5

export interface Drills {
  readonly powers: DrillPowers
  close(): void
}

/** The drills of this daemon; it commands the cluster as a client of its own API, so that every order is checked and recorded like a person's. */
export function openDrills(daemon: Daemon, socket: string, log: Log): Drills {
  const life = randomUUID()
  const { leader, clock, host, fencer } = daemon
  const client = createClient(unixTransport(socket), 'drill')
  const settings = (): DrillSettings => leader.snapshot().cluster?.drills ?? noDrillSettings
  const opensAfter = ({ when, timeZone }: DrillSchedule, afterMs: number): number | null => {
    try {
      return nextDue(when, timeZone, afterMs)
    } catch (error) {
      log.warn('a schedule cannot be read', { when, ...faultData(error).details })
      return null
    }
  }
  const keeper = new DrillKeeper({
    ...{ clock, log, life, settings, opensAfter, self: host },
    store: new StoredDrills(daemon.store),
    hands: createHands({ client, leader, fencer, store: daemon.store, settings }),
    load: loadSourceOf(settings),
    leads: () => {
      const { members } = leader.snapshot()
      return members == null || members.leader === host
    },
    isThere: (other) => isThere(leader.snapshot(), other),
    servicesOf: (guest) => servicesOf(leader.snapshot(), guest),
    armed: () => leader.snapshot().members?.armed ?? true,
    waitingWithout: (lost) => waitingWithout(leader.snapshot(), lost),
  })
  keeper.start()
  return {
    powers: {
      all: async () => {
        const [running, results] = await Promise.all([keeper.store.running(), keeper.store.results()])
        const { schedules, production, client: from } = settings()
        const now = clock.wall()
        return {
          ...{ running: running?.drill ?? null, results, production, client: from?.host ?? null },
          schedules: schedules.map((one) => ({
            ...{ name: one.name, guest: one.guest, when: one.when, opensAt: opensAfter(one, now) },
          })),
        }
      },
      begin: (plan, options) => keeper.begin(plan, options),
      askStop: (id, by) => keeper.askStop(id, by),
    },
    close: () => {
      keeper.close()
      client.close()
    },
  }
}

/** As the file in force says at each measurement. */
function loadSourceOf(settings: () => DrillSettings): LoadSource {
  return { measure: (wish) => createLoadSource(settings().client).measure(wish) }
}

/** One that is silent or was not seen yet may be there still. */
function isThere(snapshot: ClusterSnapshot, host: HostId): boolean {
  const standing = snapshot.cluster === null ? null : hostViews(snapshot.cluster, snapshot)?.get(host)?.standing
  return standing == null || !['lost', 'left', 'expired'].includes(standing)
}

function servicesOf({ cluster }: ClusterSnapshot, guest: GuestId): readonly ServiceKey[] {
  return cluster?.guests.find(({ id }) => id === guest)?.services.map(({ key }) => key) ?? []
}

function waitingWithout(snapshot: ClusterSnapshot, lost: HostId): readonly GuestId[] {
  if (snapshot.cluster === null) return []
  const view = clusterView(compileCluster(snapshot.cluster), snapshot)
  if (view.hosts === null) return []
  const loss = survival({ ...view, hosts: view.hosts }, 1).losses.find(({ hosts }) => hosts.includes(lost))
  return loss?.waiting.map(({ guest }) => guest) ?? []
}

interface HandsPorts {
  readonly client: Client
  readonly leader: Daemon['leader']
  readonly fencer: Fencer | null
  readonly store: Store
  readonly settings: () => DrillSettings
}

function createHands({ client, leader, fencer, store, settings }: HandsPorts): DrillHands {
  const failureOf = (guest: GuestId, service: ServiceKey): DrillFailure => {
    const found = settings().failures.find((one) => one.guest === guest && one.service === service)
    if (found === undefined) throw new Fault('not-supported', 'not-done', { action: service })
    return found
  }
  const power = async (host: HostId, wanted: Power): Promise<void> => {
    if (fencer === null) throw new Fault('fence-absent', 'not-done', { host })
    await switchPower(fencer, host, wanted)
  }
  return {
    view: async () => viewOf(await client.status(), leader.snapshot(), fencer),
    move: async (guest, to, how) => {
      const cold = how === 'cold'
      const target = to ?? (await anotherHost(client, guest, cold))
      await client.migrate({ guests: [guest], to: target, cold })
    },
    shutdown: async (guest) => void (await client.shutdown({ guests: [guest], force: true })),
    launch: async (guest) => void (await client.launch({ guests: [guest], force: true })),
    unwish: (guest) => takeBack(store, guest),
    powerOff: (host) => power(host, 'off'),
    powerOn: (host) => power(host, 'on'),
    breakService: (guest, service) => runProgram(failureOf(guest, service).break),
    mendService: (guest, service) => runProgram(failureOf(guest, service).mend),
  }
}

/** A member that is late is one of them. */
const present: readonly string[] = ['online', 'silent']

function viewOf(status: StatusView, { wishes }: ClusterSnapshot, fencer: Fencer | null): DrillView {
  return {
    guests: status.guests.map(({ id, phase, host, address, move, moveAsked, commanded, needs }) => ({
      ...{ id: guestId(id), phase: phase.kind, host: host === null ? null : hostId(host), address },
      wish: wishes.get(guestId(id))?.state ?? null,
      moving: move != null || moveAsked === true || commanded,
      needs: needs.flatMap((need) => (need.guest === null ? [] : [guestId(need.guest)])),
    })),
    hosts: status.hosts.map(({ id, seen, member }) => ({
      id: hostId(id),
      online: member === undefined ? seen : member.standing === 'online',
      gone: member === undefined ? !seen : !present.includes(member.standing),
      maintenance: member?.maintenance ?? false,
      fenceable: (fencer?.devices(hostId(id)).length ?? 0) > 0,
    })),
  }
}

/** The first that may take it, those without guests first: asked as people would ask, with nothing done. */
async function anotherHost(client: Client, guest: string, cold: boolean): Promise<string> {
  const { hosts, guests } = await client.status()
  const from = guests.find(({ id }) => id === guest)?.host
  const candidates = hosts
    .filter(({ id, member }) => id !== from && member?.standing === 'online')
    .sort((a, b) => (a.guests ?? 0) - (b.guests ?? 0))
  let refused: unknown = new Fault('host-unknown', 'not-done', { host: '' })
  for (const { id } of candidates) {
    try {
      const { moves } = await client.migrate({ guests: [guest], to: id, cold, dryRun: true })
      if (moves.length > 0) return id
    } catch (error) {
      refused = error
    }
  }
  throw refused
}

/** What a command said of it is forgotten: the drill gave that command. */
async function takeBack(store: Store, guest: GuestId): Promise<void> {
  const key = storeKeys.guestWish(guest)
  for (let tries = 0; tries < wishTries; tries++) {
    const entry = (await store.read(key)).entries.find((one) => one.key === key)
    if (entry === undefined) return
    const wish = JSON.parse(entry.value) as GuestWish
    const put = [{ key, value: JSON.stringify({ ...wish, state: null, ignoreDependents: false }) }]
    if ((await store.transact({ when: [{ key, revision: entry.revision }], put, remove: [] })).done) return
  }
}

/** Whatever a device answers, only what it reads afterwards counts. */
async function switchPower(fencer: Fencer, host: HostId, wanted: Power): Promise<void> {
  let fault: unknown = new Fault('fence-absent', 'not-done', { host })
  for (const device of fencer.devices(host)) {
    try {
      if ((await fencer.read(host, device)) === wanted) return
      await (wanted === 'off' ? fencer.off(host, device) : fencer.on(host, device)).catch(() => {})
      const until = performance.now() + powerLimitMs
      while ((await fencer.read(host, device)) !== wanted) {
        if (performance.now() > until) throw new Fault('timeout', 'unknown', { what: device, limitMs: powerLimitMs })
        await delay(readAgainMs)
      }
      return
    } catch (error) {
      fault = error
    }
  }
  throw fault
}

/** Run as root, so what others may change is refused, as of a hook. */
async function runProgram([program = '', ...args]: readonly string[]): Promise<void> {
  const why = await whyNot(program)
  if (why !== null) throw new Fault('not-allowed', 'not-done', { path: program, text: why })
  const run = await runAgent(program, '', failureLimitMs, { args })
  if (run.kind === 'ended' && run.code === 0) return
  const text = run.kind === 'ended' ? run.complained.trim() || run.said.trim() : run.kind
  const outcome = run.kind === 'absent' ? 'not-done' : 'unknown'
  throw new Fault('refused', outcome, { path: program, text: text.slice(-keptChars) })
}
