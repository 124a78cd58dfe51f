import type { GuestId, HostId } from '../../model/ids.ts'
import { Dice } from '../dice.ts'
import type { Host } from '../host.ts'
import { perform, shutDown } from '../perform.ts'
import type { World } from '../world.ts'
import { domainOf } from '../world.ts'
import type { Lasting, MachineMishap, Mishap } from './mishap.ts'
import { isLasting } from './mishap.ts'
import { say } from './say.ts'

/** Lets one mishap happen to its world; what lasts is taken back at its end. */
export function befall(world: World, mishap: Mishap): void {
  if (isLasting(mishap)) {
    turn(world, mishap, true)
    world.timeline.after(mishap.forMs, () => turn(world, mishap, false))
    return
  }
  switch (mishap.kind) {
    case 'daemon-killed':
      world.host(mishap.host).killDaemon()
      return
    case 'leader-killed':
      world.leader()?.killDaemon()
      return
    case 'daemon-restarted':
      void world.host(mishap.host).restartDaemon()
      return
    case 'watches-lost':
      world.host(mishap.host).loseWatches()
      return
    case 'host-reboot':
    case 'host-off': {
      const host = world.host(mishap.host)
      if (host.life !== null) shutDown(world, host, mishap.kind === 'host-reboot')
      return
    }
    case 'clock-jump':
      world.host(mishap.host).wallOffsetMs += mishap.byMs
      return
    case 'stray-start':
      strayStart(world, world.host(mishap.host), mishap.guest)
      return
    case 'sworn':
      if (!world.host(mishap.host).powered) perform(world, { kind: 'swear-dead', host: mishap.host })
      return
    case 'crash':
    case 'power-off-inside':
    case 'outsider-stops':
    case 'outsider-starts':
    case 'outsider-pauses':
    case 'outsider-resumes':
      befallMachine(world, mishap)
      return
    default:
      say(world, mishap)
  }
}

function turn(world: World, mishap: Lasting, on: boolean): void {
  switch (mishap.kind) {
    case 'deaths':
      world.onCall = on ? deaths(mishap.chance, mishap.seed) : () => 'go'
      return
    case 'store':
      world.storeTroubles.mode = on ? mishap.mode : 'on'
      return
    case 'outage':
      world.storeTroubles.mode = on ? 'off' : 'on'
      for (const { host, afterMs } of on ? mishap.ends : []) {
        world.timeline.after(afterMs, () => world.host(host).killDaemon())
      }
      return
    case 'store-unsure':
      world.storeTroubles.answersLost = on ? mishap.chance : 0
      return
    case 'outside-down':
      world.network.setOutside(mishap.service, !on)
      return
    case 'service-down':
      for (const { machine } of world.running(mishap.guest)) machine.setService(mishap.service, !on)
      return
    case 'messages-lost':
      world.setDropChance(on ? mishap.chance : 0)
      return
    case 'disarmed':
      perform(world, { kind: on ? 'disarm' : 'arm' })
      return
    default:
      turnOnHost(world, world.host(mishap.host), mishap, on)
  }
}

function turnOnHost(world: World, host: Host, mishap: Extract<Lasting, { host: HostId }>, on: boolean): void {
  const { troubles } = host.hypervisor
  switch (mishap.kind) {
    case 'daemon-frozen':
      if (on) host.freeze()
      else host.thaw()
      return
    case 'hypervisor-lost':
      if (on) host.hypervisor.lose()
      else host.hypervisor.comeBack()
      return
    case 'hypervisor-slow':
      troubles.slowness = on ? mishap.factor : 1
      return
    case 'hypervisor-failing':
      troubles.failing = on ? mishap.chance : 0
      return
    case 'hypervisor-unsure':
      troubles.answersLost = on ? mishap.chance : 0
      return
    case 'moves-break':
      troubles.breaking = on ? mishap.chance : 0
      return
    case 'prober-late':
      host.prober.troubles.late = on ? mishap.chance : 0
      return
    case 'disks-full':
      host.makerTroubles.diskFull = on
      return
    case 'power-cut':
      if (on) host.powerOff()
      else host.powerOn()
      return
    case 'network-off':
      world.links?.setNetwork(host.id, !on)
      return
    case 'store-cut':
      world.links?.setStore(host.id, !on)
      return
    case 'maintenance':
      perform(world, { kind: 'maintenance', host: host.id, on })
      return
    case 'link-cut':
      world.links?.setCut(host.id, mishap.to, on)
      if (!mishap.oneWay) world.links?.setCut(mishap.to, host.id, on)
      return
    case 'fence-device':
      world.fencer?.modes.set(host.id, on ? mishap.mode : 'works')
  }
}

function deaths(chance: number, seed: number): World['onCall'] {
  const dice = new Dice(seed)
  return () => (dice.chance(chance) ? dice.pick(['die-before', 'die-after'] as const) : 'go')
}

/** Everything that can be taken back is: from now on nothing goes wrong. */
export function calm(world: World): void {
  world.storeTroubles.mode = 'on'
  world.storeTroubles.answersLost = 0
  world.onCall = () => 'go'
  world.setDropChance(0)
  world.links?.healAll(world.hosts.map((host) => host.id))
  world.fencer?.modes.clear()
  for (const host of world.hosts) {
    const { troubles } = host.hypervisor
    Object.assign(troubles, { slowness: 1, failing: 0, answersLost: 0, breaking: 0 })
    for (const what of ['failStarts', 'failStops', 'failMigrations'] as const) {
      troubles[what].clear()
      troubles.everywhere[what].clear()
    }
    host.hypervisor.comeBack()
    host.makerTroubles.diskFull = false
    host.prober.troubles.late = 0
    host.thaw()
    host.powerOn()
  }
}

/** Only of a guest that nobody is about to start: two people starting it is no fault of ours. */
function strayStart(world: World, host: Host, guest: GuestId): void {
  const spec = world.spec.cluster.guests.find((candidate) => candidate.id === guest)
  const machine = spec === undefined ? undefined : host.room.get(domainOf(spec))
  const record = world.leaderView()?.records.get(guest)
  const rests = record?.phase.kind === 'stopped' && record.because.code !== 'host-shutdown'
  if (machine === undefined || !host.powered || !rests || world.running(guest).length > 0) return
  host.room.start(machine, machine.spec.memoryMib, null)
}

function befallMachine(world: World, { kind, guest }: MachineMishap): void {
  const spec = world.spec.cluster.guests.find((candidate) => candidate.id === guest)
  const host = world.running(guest)[0]?.host ?? world.hosts[0]!
  const machine = spec === undefined ? undefined : host.room.get(domainOf(spec))
  if (machine === undefined || !host.powered) return
  const run = machine.state.run
  if (kind === 'outsider-starts') {
    if (run === 'stopped') host.room.start(machine, machine.spec.memoryMib, null)
    return
  }
  if (run === 'stopped') return
  if (kind === 'crash') host.room.goDown(machine, 'crashed')
  else if (kind === 'power-off-inside' && run === 'running') host.room.goDown(machine, 'shutdown')
  else if (kind === 'outsider-stops') host.room.destroy(machine, null)
  else if (kind === 'outsider-pauses' && run === 'running') host.room.suspend(machine, null)
  else if (kind === 'outsider-resumes' && run === 'paused') host.room.resume(machine, null)
}
