import type { ConsolidationView } from '../../contract/plan.ts'
import { type ResourceName, resourceNames } from '../../model/plan/outcome.ts'
import { amountText, assumptionText, blockedText, limitText, moveText, shortageText } from '../../text/plan-text.ts'
import { type ReportWords, useReportWords } from '../state/report-words.tsx'
import { CriticalSection } from './critical-section.tsx'
import { moneyOf } from './money.ts'
import { Bar } from './pictures.tsx'
import { type ReportColumn, ReportTable } from './report-table.tsx'

/** Which hosts are needed, who goes where in which order, that every loss is survived, and for how long. */
export function ConsolidationOutcome({ plan }: { readonly plan: ConsolidationView }) {
  const words = useReportWords()
  const { r, cli } = words
  return (
    <>
      <section aria-labelledby="plan-answer">
        <h2 id="plan-answer">{r('plan-answer')}</h2>
        <Answer plan={plan} words={words} />
      </section>
      {plan.hosts !== undefined && (
        <section aria-labelledby="plan-hosts">
          <h2 id="plan-hosts">{r('plan-hosts')}</h2>
          <ReportTable
            caption={r('plan-hosts')}
            columns={hostColumns(words, plan)}
            rows={plan.hosts}
            rowKey={({ host }) => host}
          />
          <p className="v-better">
            <strong>{r('better')}:</strong> {r(plan.price?.proven ? 'better-plan-proven' : 'better-plan-gap')}
          </p>
        </section>
      )}
      {plan.moves !== undefined && <Moves plan={plan} words={words} />}
      {plan.placement !== undefined && (
        <section aria-labelledby="plan-placement">
          <h2 id="plan-placement">{r('plan-placement')}</h2>
          <Placement plan={plan} words={words} />
        </section>
      )}
      {plan.losses !== undefined && plan.losses.length > 0 && (
        <section aria-labelledby="plan-losses">
          <h2 id="plan-losses">{r('plan-losses-title')}</h2>
          <p>{cli('plan-losses-held')}</p>
          <ReportTable
            caption={r('plan-losses-title')}
            columns={[
              { key: 'lost', heading: r('when-lost'), cell: ({ lost }) => lost.join(', ') },
              {
                ...{ key: 'goes', heading: r('its-guests-go-to') },
                cell: ({ goes }) =>
                  goes.length === 0 ? r('nobody-there') : goes.map(({ guest, to }) => `${guest} → ${to}`).join(', '),
              },
            ]}
            rows={plan.losses}
            rowKey={({ lost }) => lost.join(' ')}
          />
        </section>
      )}
      {plan.headroom !== undefined && <Headroom headroom={plan.headroom} words={words} />}
      <CriticalSection critical={plan.critical} />
      {(plan.assumptions.length > 0 || plan.bareMetal.length > 0) && (
        <section aria-labelledby="plan-assumed">
          <h2 id="plan-assumed">{r('plan-assumed-title')}</h2>
          <ul>
            {plan.assumptions.map((one) => (
              <li key={`${one.code} ${'service' in one ? one.service : ''}`}>{assumptionText(words, one)}</li>
            ))}
            {plan.bareMetal.length > 0 && <li>{cli('plan-bare-metal', { names: words.list(plan.bareMetal) })}</li>}
          </ul>
        </section>
      )}
    </>
  )
}

function Answer({ plan, words }: { readonly plan: ConsolidationView; readonly words: ReportWords }) {
  const { r, cli } = words
  if (plan.outcome !== 'found' || plan.kept === undefined || plan.price === undefined) {
    return (
      <>
        <p role="alert" className="v-answer">
          {plan.because === undefined
            ? cli('plan-not-found')
            : cli('plan-impossible', { because: shortageText(words, plan.because) })}
        </p>
        <p className="v-better">
          <strong>{r('better')}:</strong> {r('better-plan-impossible')}
        </p>
      </>
    )
  }
  const { total, bound, gap, proven, currency } = plan.price
  const price = (amount: number): string =>
    currency === null ? words.number(amount) : moneyOf(words, amount, currency)
  return (
    <>
      <p className="v-answer">
        {cli('plan-found', {
          ...{ guests: plan.guests, present: plan.present, kept: plan.kept.length },
          survive: plan.survive === 0 ? undefined : plan.survive,
        })}
      </p>
      <ul>
        {plan.freed !== undefined && plan.freed.length > 0 && (
          <li>{cli('plan-freed', { hosts: words.list(plan.freed) })}</li>
        )}
        {plan.bought !== undefined && plan.bought.length > 0 && (
          <li>{cli('plan-bought', { hosts: words.list(plan.bought) })}</li>
        )}
        {currency !== null && <li>{cli('plan-price', { price: price(total) })}</li>}
        <li>
          {proven ? cli('plan-hosts-proven') : cli('plan-hosts-gap', { bound: price(bound), gap: words.share(gap) })}
        </li>
        {plan.whyNotLess != null && (
          <li>
            {cli('plan-not-less', {
              ...{ hosts: words.list(plan.whyNotLess.hosts), because: shortageText(words, plan.whyNotLess.because) },
            })}
          </li>
        )}
      </ul>
    </>
  )
}

type Host = NonNullable<ConsolidationView['hosts']>[number]

const headings = { memory: 'memory', cpu: 'cores', disk: 'disk' } as const

function hostColumns(words: ReportWords, { hosts = [] }: ConsolidationView): readonly ReportColumn<Host>[] {
  const { r, cli } = words
  const counted = resourceNames.filter((name) => hosts.some(({ held }) => name in held))
  return [
    { key: 'host', heading: r('host'), cell: ({ host }) => host },
    { key: 'becomes', heading: r('becomes'), cell: ({ becomes }) => cli(`plan-becomes-${becomes}`) },
    ...counted.map(
      (name): ReportColumn<Host> => ({
        ...{ key: name, heading: r(headings[name]) },
        cell: (host) => <Held host={host} name={name} words={words} />,
      }),
    ),
    { key: 'guests', heading: r('guests'), cell: ({ guests }) => guests.join(', ') },
  ]
}

function Held({
  host,
  name,
  words,
}: {
  readonly host: Host
  readonly name: ResourceName
  readonly words: ReportWords
}) {
  const [held, all] = [host.held[name] ?? 0, host.capacity[name] ?? null]
  if (all === null || all === 0) return <>{amountText(words, name, held)}</>
  const said = amountText(words, name, held, all)
  const whole = amountText(words, name, all)
  const label = { host: host.host, held: said, all: whole, what: words.cli(`plan-resource-${name}`) }
  return (
    <>
      {words.cli('plan-amount-of', { held: said, all: whole })}
      <Bar share={held / all} tone={held / all > 0.9 ? 'warning' : 'good'} label={words.r('held-label', label)} />
    </>
  )
}

function Moves({ plan, words }: { readonly plan: ConsolidationView; readonly words: ReportWords }) {
  const { r, cli } = words
  const { count, bound, proven, kind, moves = [], blocked = [] } = plan.moves!
  const first = moves.find(({ from }) => from !== null)
  const proof = proven ? cli('plan-moves-proven') : cli('plan-moves-bound', { bound })
  return (
    <section aria-labelledby="plan-moves">
      <h2 id="plan-moves">{r('plan-moves-title')}</h2>
      {kind === 'none' ? (
        <>
          <p role="alert">{cli(proven ? 'plan-no-order' : 'plan-no-order-found')}</p>
          <ul>
            {blocked.map((one) => (
              <li key={one.guests.join(' ')}>{blockedText(words, one)}</li>
            ))}
          </ul>
        </>
      ) : moves.length === 0 ? (
        <p>{cli('plan-moves-none')}</p>
      ) : (
        <>
          <p>{cli('plan-moves', { count, proof })}</p>
          <ol className="v-moves">
            {moves.map((move, place) => {
              const text = moveText(words, move, place + 1)
              return <li key={text}>{text}</li>
            })}
          </ol>
          {first !== undefined && (
            <p className="v-better">{r('better-plan-moves', { guest: first.guests[0] ?? '', host: first.to })}</p>
          )}
        </>
      )}
    </section>
  )
}

function Placement({ plan, words }: { readonly plan: ConsolidationView; readonly words: ReportWords }) {
  const { r } = words
  const moves = plan.moves?.moves ?? []
  const rows = Object.entries(plan.placement ?? {}).map(([guest, to]) => {
    const own = moves.flatMap(({ guests, from }, place) => (guests.includes(guest) ? [{ from, step: place + 1 }] : []))
    return { guest, to, from: own.length === 0 ? to : (own[0]?.from ?? null), step: own.at(-1)?.step ?? null }
  })
  return (
    <ReportTable
      caption={r('plan-placement')}
      columns={[
        { key: 'guest', heading: r('guest'), cell: ({ guest }) => guest },
        { key: 'from', heading: r('today-on'), cell: ({ from }) => from ?? r('nowhere') },
        { key: 'to', heading: r('goes-to'), cell: ({ from, to }) => (from === to ? r('stays') : to) },
        {
          ...{ key: 'step', heading: r('in-step'), isFigure: true },
          cell: ({ step }) => (step === null ? '' : words.number(step)),
        },
      ]}
      rows={rows}
      rowKey={({ guest }) => guest}
    />
  )
}

function Headroom(props: {
  readonly headroom: NonNullable<ConsolidationView['headroom']>
  readonly words: ReportWords
}) {
  const { headroom, words } = props
  const { r, cli } = words
  const { left, grows, days, limit, date } = headroom
  const rest = left.flatMap(({ resource, amount }) =>
    amount === null ? [] : [`${amountText(words, resource, amount)} (${cli(`plan-resource-${resource}`)})`],
  )
  const better = !grows
    ? r('better-plan-no-growth')
    : limit === null
      ? r('better-plan-none')
      : limit.code === 'host'
        ? r('better-plan-host', { host: limit.host, what: cli(`plan-resource-${limit.resource}`) })
        : r('better-plan-loss')
  return (
    <section aria-labelledby="plan-headroom">
      <h2 id="plan-headroom">{r('plan-headroom-title')}</h2>
      <ul>
        <li>{cli('plan-headroom-left', { left: words.list(rest) })}</li>
        <li>
          {!grows
            ? cli('plan-headroom-no-growth')
            : days === null || limit === null || date === null
              ? cli('plan-headroom-none')
              : cli('plan-headroom-day', { date: dayText(date, words), days, limit: limitText(words, limit) })}
        </li>
      </ul>
      <p className="v-better">
        <strong>{r('better')}:</strong> {better}
      </p>
    </section>
  )
}

/** `2027-03-01` as people write it. */
function dayText(date: string, { locale }: ReportWords): string {
  return locale === 'en' ? date : date.split('-').reverse().join('/')
}
