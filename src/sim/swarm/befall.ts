import { Dice } from '../dice.ts'
import type { Host } from '../host.ts'
import { shutDown } from '../perform.ts'
import type { World } from '../world.ts'
import { domainOf } from '../world.ts'
import { onlyHost } from './draw-cluster.ts'
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
  const host = world.host(onlyHost)
  switch (mishap.kind) {
    case 'daemon-killed':
      host.killDaemon()
      return
    case 'daemon-restarted':
      void host.restartDaemon()
      return
    case 'watches-lost':
      host.loseWatches()
      return
    case 'host-reboot':
      if (host.life !== null) shutDown(world, host, true)
      return
    case 'clock-jump':
      host.wallOffsetMs += mishap.byMs
      return
    case 'crash':
    case 'power-off-inside':
    case 'outsider-stops':
    case 'outsider-starts':
    case 'outsider-pauses':
    case 'outsider-resumes':
      befallMachine(world, host, mishap)
      return
    default:
      say(world, mishap)
  }
}

function turn(world: World, mishap: Lasting, on: boolean): void {
  const host = world.host(onlyHost)
  const { troubles } = host.hypervisor
  switch (mishap.kind) {
    case 'daemon-frozen':
      if (on) host.freeze()
      else host.thaw()
      return
    case 'deaths':
      world.onCall = on ? deaths(mishap.chance, mishap.seed) : () => 'go'
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
    case 'store':
      world.storeTroubles.mode = on ? mishap.mode : 'on'
      return
    case 'store-unsure':
      world.storeTroubles.answersLost = on ? mishap.chance : 0
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
    case 'outside-down':
      world.network.setOutside(mishap.service, !on)
      return
    case 'service-down':
      for (const { machine } of world.running(mishap.guest)) machine.setService(mishap.service, !on)
  }
}

function deaths(chance: number, seed: number): World['onCall'] {
  const dice = new Dice(seed)
  return () => (dice.chance(chance) ? dice.pick(['die-before', 'die-after'] as const) : 'go')
}

/** Everything that can be taken back is: from now on nothing goes wrong. */
export function calm(world: World): void {
  const host = world.host(onlyHost)
  const { troubles } = host.hypervisor
  Object.assign(troubles, { slowness: 1, failing: 0, answersLost: 0 })
  troubles.failStarts.clear()
  troubles.failStops.clear()
  host.hypervisor.comeBack()
  host.makerTroubles.diskFull = false
  host.prober.troubles.late = 0
  world.storeTroubles.mode = 'on'
  world.storeTroubles.answersLost = 0
  world.onCall = () => 'go'
  host.thaw()
  host.powerOn()
}

function befallMachine(world: World, host: Host, { kind, guest }: MachineMishap): void {
  const spec = world.spec.cluster.guests.find((candidate) => candidate.id === guest)
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
