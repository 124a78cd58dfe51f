import { compileCluster } from '../core/graph.ts'
import { admitted } from '../core/views/admission.ts'
import { clusterView } from '../core/views/cluster-view.ts'
import type { WishChange, WishPlan } from '../core/views/wish-plan.ts'
import type { ClusterSpec } from '../model/cluster.ts'
import type { GuestId } from '../model/ids.ts'
import type { Host } from './host.ts'
import type { Command, GuestAction } from './scenario/scenario.ts'
import type { World } from './world.ts'

/** Does one command of a scenario's script to its world. Commands about hosts among each other need several hosts. */
export function perform(world: World, command: Command): void {
  switch (command.kind) {
    case 'power':
      if (command.on) world.host(command.host).powerOn()
      else world.host(command.host).powerOff()
      return
    case 'freeze':
      world.host(command.host).freeze()
      return
    case 'thaw':
      world.host(command.host).thaw()
      return
    case 'shutdown':
      shutDown(world, world.host(command.host), false)
      return
    case 'reboot':
      shutDown(world, world.host(command.host), true)
      return
    case 'agent-restart':
      void world.host(command.host).restartDaemon()
      return
    case 'clock':
      world.host(command.host).wallOffsetMs += command.byMs
      return
    case 'leader-kill':
      world.leader()?.killDaemon()
      return
    case 'guest':
      actOnGuest(world, command.guest, command.action)
      return
    case 'watch':
      world.operator.say(command.guest, { watch: command.on })
      return
    case 'service':
      for (const { machine } of world.running(command.guest)) machine.setService(command.service, command.up)
      return
    case 'store':
      world.storeTroubles.mode = command.mode
      return
    default:
      amongHosts(world, command)
  }
}

/** Alone, a host has nobody to be cut from, and fences nobody: most of this changes nothing then. */
function amongHosts(world: World, command: Command): void {
  const { links, operator } = world
  switch (command.kind) {
    case 'network':
      links?.setNetwork(command.host, command.on)
      return
    case 'cut':
    case 'heal': {
      const cut = command.kind === 'cut'
      links?.setCut(command.host, command.other, cut)
      if (!command.oneWay) links?.setCut(command.other, command.host, cut)
      return
    }
    case 'cut-store':
    case 'heal-store':
      links?.setStore(command.host, command.kind === 'heal-store')
      return
    case 'fence-device':
      world.fencer?.modes.set(command.host, command.mode)
      return
    case 'drop-messages':
      world.dropMessages(command.percent / 100, command.forMs)
      return
    case 'arm':
    case 'disarm':
      operator.arm(command.kind === 'arm')
      return
    case 'maintenance':
      operator.sayOfHost(command.host, () => ({ maintenance: command.on }))
      return
    case 'swear-dead':
      operator.sayOfHost(command.host, (aliveRevision) => ({ sworn: { aliveRevision, by: 'operator' } }))
      return
    case 'move':
      operator.move(command.guest, command.to, command.live ? 'live' : 'cold')
      return
    default:
      throw new Error(`assertion: a command among hosts, got ${command.kind}`)
  }
}

function actOnGuest(world: World, guest: GuestId, action: GuestAction): void {
  switch (action) {
    case 'crash':
      for (const { host, machine } of world.running(guest)) host.room.goDown(machine, 'crashed')
      return
    case 'remove':
      world.operator.apply((spec) => without(spec, guest))
      return
    case 'start':
      world.operator.sayIfAdmitted(guest, wishOf.start, () => isAdmitted(world, guest))
      return
    case 'stop':
    case 'ignore':
    case 'disable':
      world.operator.say(guest, wishOf[action])
  }
}

/** As the API writes what is commanded. */
export const wishOf: Readonly<Record<'start' | 'stop' | 'ignore' | 'disable', WishChange>> = {
  start: { state: 'running', command: true, pausedByHand: false, ignoreDependents: false },
  stop: { state: 'stopped', command: true, pausedByHand: false, ignoreDependents: false },
  ignore: { state: 'ignored' },
  disable: { state: 'disabled', command: true },
}

/** N+1, judged by whoever is asked, as its API does; a refusal is told. */
function isAdmitted(world: World, guest: GuestId): boolean {
  const snapshot = world.leaderView()
  if (snapshot?.cluster == null) return true
  const plan: WishPlan = {
    kind: 'planned',
    changes: new Map([[guest, wishOf.start]]),
    ...{ already: [], also: [], skipped: [], affects: [] },
  }
  const judged = admitted(clusterView(compileCluster(snapshot.cluster), snapshot), plan)
  if (judged.kind === 'refused') world.tellRefusal(guest, judged.fault)
  return judged.kind === 'planned'
}

/** The file without this guest, and without what names it. */
export function without(spec: ClusterSpec, guest: GuestId): ClusterSpec {
  const guests = spec.guests
    .filter((candidate) => candidate.id !== guest)
    .map(({ standby, ...candidate }) => ({
      ...candidate,
      ...(standby !== undefined && standby !== guest && { standby }),
      needs: candidate.needs.filter((need) => need.kind === 'external' || need.guest !== guest),
    }))
  return { ...spec, guests }
}

/** A host that goes down waits so long for its guests; then it goes. */
const shutDownLimitMs = 120_000

/** So often it looks whether they are gone. */
const lookEachMs = 500

/** Orderly, as its service manager does it: all guests of this boot shall be down; then the daemon ends and the power goes. */
export function shutDown(world: World, host: Host, again: boolean): void {
  const bootId = host.bootId
  const sinceMs = world.nowMs
  const downFor = again ? 'reboot' : 'power-off'
  world.operator.sayAll(new Map(), new Map([[host.id, { downInBoot: bootId, downFor, guests: [] }]]))
  const look = () => {
    if (!host.powered || host.bootId !== bootId) return
    const waitedFor = world.spec.cluster.guests.some(({ id }) =>
      world.running(id).some((one) => one.host === host && !isIgnored(world, id)),
    )
    if (waitedFor && world.nowMs - sinceMs < shutDownLimitMs) world.timeline.after(lookEachMs, look)
    else void host.leave().then(() => switchOff(world, host, again))
  }
  world.timeline.after(lookEachMs, look)
}

function isIgnored(world: World, guest: GuestId): boolean {
  return (world.leaderView()?.records.get(guest)?.phase.kind ?? null) === 'ignored'
}

function switchOff(world: World, host: Host, again: boolean): void {
  host.powerOff()
  if (again) world.timeline.after(world.spec.times.rebootMs, () => host.powerOn())
}
