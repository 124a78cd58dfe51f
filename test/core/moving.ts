import { hostViews } from '../../src/core/hosts.ts'
import { type MoveState, moveState } from '../../src/core/moves.ts'
import { sightOf } from '../../src/core/sight.ts'
import { guestId, type HostId } from '../../src/model/ids.ts'
import type { GuestMove } from '../../src/model/member.ts'
import { n2, Several } from './several.ts'

export const web = guestId('web')
export const half = { pauseCause: 'post-copy-broken' } as const
export const fault = { code: 'migration-failed', outcome: 'not-done', details: {} } as const

/** `web` runs on n1 and is on its way to n2. */
export function moving(how: GuestMove['how'] = 'live', more: Partial<GuestMove> = {}): Several {
  const world = new Several({ web: {} }).see('web', 'n1', 'running').settle()
  const move: GuestMove = { to: n2, how, cause: 'operator', serial: 4, ...more }
  return world.seat('web', { move, moves: 4 })
}

export function state(world: Several): MoveState {
  const snapshot = world.snapshot()
  const hosts = hostViews(world.cluster.spec, snapshot)!
  const sight = sightOf(world.cluster.byId.get(web)!, snapshot, hosts)
  return moveState(sight, sight.record!.seat!.move!, hosts, snapshot)
}

export function said(one: MoveState): string {
  return one.kind === 'ended' ? `ended${one.failed ? ', failed' : ''}: ${one.because?.code ?? 'no reason'}` : one.kind
}

export const looks = (world: Several, host: HostId, serial = 4) => world.told.set(host, { looks: { web: serial } })

export interface Row {
  readonly claim: string
  readonly world: () => Several
  readonly is: string
}
