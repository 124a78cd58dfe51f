import type { DrillRequest } from '../../contract/drills.ts'
import type { GuestSummary } from '../../contract/status.ts'
import { usualPlan } from '../../model/drill.ts'
import { duringText } from '../../text/drill-text.ts'
import { consequencesOf } from '../dialogs/consequences.ts'
import { Frame } from '../dialogs/frame.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/store.ts'
import { drillCommand } from './drill-command.ts'
import { useDrillText } from './use-drill-text.ts'

interface SureProps {
  readonly request: DrillRequest
  readonly onBegin: () => Promise<void>
  readonly onClose: () => void
}

/** What a drill does to a cluster that people use, and who is hit besides, before it is done. */
export function DrillSure({ request, onBegin, onClose }: SureProps) {
  const words = useDrillText()
  const { r, t, list, onLoss } = words
  const all = useStore(live, ({ status }) => status?.guests) ?? []
  const { guest, runs = usualPlan.runs } = request
  const during = request.during.filter((one) => one !== 'nothing')
  const host = all.find(({ id }) => id === guest)?.host ?? null
  const isCut = during.includes('power-cut') && host !== null
  const there = isCut ? all.filter((one) => one.host === host && one.run === 'running').map(({ id }) => id) : []
  const down = downWhile(request, all, there)
  const hit = consequencesOf(all, down)
  return (
    <Frame
      title={r('drill-sure', { guest })}
      action={r('drill-sure-begin')}
      command={`${drillCommand(request)} --yes`}
      isDangerous
      onAct={onBegin}
      onClose={onClose}
    >
      <p>{r('drill-sure-about', { count: runs * request.measures.length, guest })}</p>
      <ul className="v-drill-reasons">
        {during.map((one) => (
          <li key={one}>
            <strong>{duringText(words, one)}</strong>: {r(`about-${one}`)}
          </li>
        ))}
      </ul>
      {isCut && <p>{r('drill-sure-power', { host, guests: list(there) })}</p>}
      {hit.length === 0 ? (
        <p>{r(down.length === 0 ? 'drill-sure-keeps' : 'drill-sure-nobody')}</p>
      ) : (
        <>
          <p>{r('drill-sure-hit')}</p>
          <ul className="v-drill-reasons">
            {hit.map(({ guest: other, need, does }) => (
              <li key={other}>
                <strong>{other}</strong> {t('hit-by', { need, does: onLoss(does) })}
              </li>
            ))}
          </ul>
        </>
      )}
      <p>{r('drill-sure-after')}</p>
    </Frame>
  )
}

/** Guests that do not answer meanwhile. A live migration keeps its guest up. */
function downWhile(
  { guest, during }: DrillRequest,
  all: readonly GuestSummary[],
  there: readonly string[],
): readonly string[] {
  const isDown = during.some((one) => one !== 'nothing' && one !== 'live-migration')
  return isDown ? all.filter(({ id }) => id === guest || there.includes(id)).map(({ id }) => id) : []
}
