import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useEffect, useRef, useState } from 'react'
import type { DrillProgress } from '../../contract/drills.ts'
import type { DrillRun } from '../../model/drill.ts'
import { type FigureName, runFigures } from '../../model/drills/report.ts'
import { stepsOf } from '../../model/drills/steps.ts'
import { wallTime } from '../../model/ids.ts'
import { duringText, measureText, stepText, valueText } from '../../text/drill-text.ts'
import { told } from '../actions/run.ts'
import { api } from '../api/api.ts'
import { session } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { Link } from '../parts/link.tsx'
import { mayAdminister } from '../state/may.ts'
import { note } from '../state/notes.ts'
import { useStore } from '../state/store.ts'
import { stopCommand } from './drill-command.ts'
import { type DrillWords, useDrillText } from './use-drill-text.ts'

/** A dialog that closes gives the focus back to what opened it; whoever began the drill is then led to where it goes on. */
const afterDialogMs = 150

/** The drill under way as it goes on: each part with its runs, what is done now, and its end on request. */
export function DrillNow({
  drill,
  isBegunHere = false,
}: {
  readonly drill: DrillProgress
  readonly isBegunHere?: boolean
}) {
  const words = useDrillText()
  const { r } = words
  const { id, plan, by, at, host, done, of, latest } = drill
  const who = useStore(session, (value) => value)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isBegunHere) return
    const timer = setTimeout(() => {
      heading.current?.focus()
      heading.current?.scrollIntoView({ block: 'start' })
    }, afterDialogMs)
    return () => clearTimeout(timer)
  }, [isBegunHere])
  const since = words.clock(wallTime(at))
  return (
    <section className="v-drill-now" aria-labelledby="drill-now">
      <h2 id="drill-now" ref={heading} tabIndex={-1}>
        {r('drill-now')}: <Link to={{ page: 'drill', drill: id }}>{id}</Link>
      </h2>
      <p className="v-dim">{r('drill-now-of', { guest: plan.guest, by, since, host })}</p>
      <progress className="v-drill-progress" aria-label={r('drill-progress', { drill: id })} value={done} max={of} />
      <p role="status">{stepText(words, drill)}</p>
      <Parts drill={drill} />
      {latest !== null && <p>{latestText(words, latest)}</p>}
      {mayAdminister(who) && <EndIt drill={id} />}
    </section>
  )
}

function Parts({ drill: { plan, done } }: { readonly drill: DrillProgress }) {
  const words = useDrillText()
  const over = stepsOf(plan).slice(0, done)
  return (
    <ul className="v-drill-parts">
      {plan.measures.flatMap((measure) =>
        plan.during.map((during) => {
          const count = over.filter((step) => step.measure === measure && step.during === during).length
          const what = `${measureText(words, measure)}, ${duringText(words, during)}`
          return (
            <li key={`${measure} ${during}`}>{words.r('drill-progress-part', { what, done: count, of: plan.runs })}</li>
          )
        }),
      )}
    </ul>
  )
}

/** What matters most of a run. */
const said: readonly FigureName[] = [
  ...(['longestSilenceMs', 'lost', 'bytesPerSecond', 'requestsPerSecond', 'broken'] as const),
]

function latestText(words: DrillWords, run: DrillRun): string {
  const figures = runFigures(run).filter(({ name }) => said.includes(name))
  const parts = figures.map(({ name, unit, value }) =>
    words.r('drill-latest-figure', { figure: words.cli(`figure-${name}`), value: valueText(words, unit, value) }),
  )
  const what = `${measureText(words, run.measure)}, ${duringText(words, run.during)}`
  return words.r('drill-latest', { what, figures: words.list(parts) })
}

function EndIt({ drill }: { readonly drill: string }) {
  const words = useDrillText()
  const { r, t } = words
  const [isBusy, setBusy] = useState(false)
  const end = async (): Promise<void> => {
    setBusy(true)
    const answer = await told(words, r('drill-end-it'), () => api.stopDrill(drill))
    if (answer?.changed) note('info', r('drill-end-asked', { drill }), [r('drill-end-about')])
    setBusy(false)
  }
  return (
    <p className="v-run">
      <Button variant="secondary" isAriaDisabled={isBusy} isLoading={isBusy} onClick={() => void end()}>
        {r('drill-end-it')}
      </Button>
      <span className="v-dim">{r('drill-end-about')}</span>
      <span>
        {t('in-terminal')} <Command text={stopCommand(drill)} isQuiet />
      </span>
    </p>
  )
}
