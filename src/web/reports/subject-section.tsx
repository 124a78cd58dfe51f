import type { AvailabilitySubjectView, AvailabilityView } from '../../contract/availability.ts'
import { percent } from '../../text/availability-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { BetterList } from './better-list.tsx'
import { StripPicture } from './pictures.tsx'
import { type ReportColumn, ReportTable } from './report-table.tsx'

type Subject = AvailabilitySubjectView

/** All subjects of one kind: their pictures, and their figures in a table. */
export function SubjectSection({ kind, view }: { readonly kind: Subject['kind']; readonly view: AvailabilityView }) {
  const words = useReportWords()
  const subjects = view.subjects.filter((one) => one.kind === kind)
  const known = subjects.filter(({ own }) => own !== null)
  if (subjects.length === 0) return null
  const title = words.cli(`kind-${kind}`)
  return (
    <section aria-labelledby={`kind-${kind}`}>
      <h2 id={`kind-${kind}`}>{title}</h2>
      {known.length === 0 ? (
        <p>{words.r('no-history')}</p>
      ) : (
        <>
          <div className="v-strips">
            {known.map((subject) => (
              <div key={subject.name} className="v-strip-row">
                <span className="v-strip-name">{subject.name}</span>
                <StripPicture strip={subject.strip} label={stripLabel(subject, words)} />
                <span className="v-figure">{percent(words, subject.own?.availability ?? null)}</span>
                <BetterList subject={subject} />
              </div>
            ))}
            <div className="v-strip-row v-dim" aria-hidden="true">
              <span />
              <span className="v-scale">
                <span>{words.time(view.fromMs as never)}</span>
                <span>{words.time(view.untilMs as never)}</span>
              </span>
              <span />
            </div>
          </div>
          <ReportTable caption={title} columns={columnsOf(words)} rows={known} rowKey={({ name }) => name} />
        </>
      )}
    </section>
  )
}

function stripLabel({ name, own }: Subject, words: ReportWords): string {
  return words.r('strip-label', {
    ...{ name, availability: percent(words, own?.availability ?? null), up: words.duration(own?.upMs ?? 0) },
    ...{ down: words.duration(own?.downMs ?? 0), planned: words.duration(own?.plannedMs ?? 0) },
    unseen: words.duration(own?.notObservedMs ?? 0),
  })
}

function columnsOf(words: ReportWords): readonly ReportColumn<Subject>[] {
  const { r } = words
  const duration = (ms: number | null | undefined): string => (ms == null || ms === 0 ? '' : words.duration(ms))
  const figure = (key: Parameters<typeof r>[0], cell: (subject: Subject) => string): ReportColumn<Subject> => ({
    ...{ key, heading: r(key as 'nines'), cell, isFigure: true },
  })
  return [
    {
      key: 'subject',
      heading: r('subject'),
      cell: ({ name, needs, mean }) => (
        <>
          {name}
          {needs.length > 0 && (
            <small className="v-dim v-under">{words.cli('report-needs', { needs: words.list(needs) })}</small>
          )}
          {mean !== null && (
            <small className="v-dim v-under">{r('of-all-at-once', { mean: percent(words, mean) })}</small>
          )}
        </>
      ),
    },
    figure('availability', ({ own }) => percent(words, own?.availability ?? null)),
    figure('for-users', ({ perceived }) => (perceived === null ? '' : percent(words, perceived.availability))),
    figure('nines', ({ own }) => (own?.nines == null ? '' : words.number(own.nines))),
    {
      key: 'class',
      heading: r('class'),
      cell: ({ own }) =>
        [own?.class2009, own?.class2016].flatMap((one) => (one == null ? [] : [words.cli(`class-${one}`)])).join('; '),
    },
    figure('uptime', ({ own }) => duration(own?.upMs)),
    figure('downtime', ({ own }) => duration(own?.downMs)),
    figure('planned', ({ own }) => duration(own?.plannedMs)),
    figure('not-observed', ({ own }) => duration(own?.notObservedMs)),
    figure('failures', ({ own }) => words.number(own?.failures ?? 0)),
    figure('mtbf', ({ own }) => duration(own?.mtbfMs)),
    figure('mttr', ({ own }) => duration(own?.mttrMs)),
  ]
}
