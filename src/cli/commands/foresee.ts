import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { classesOf2009, classOf, yearMs } from '../../core/availability/classes.ts'
import { observe } from '../../core/availability/observe.ts'
import type { Assumed, GivenDesign } from '../../core/foresight/assumed.ts'
import { type Estimate, estimate } from '../../core/foresight/confidence.ts'
import type { Design, Outlook } from '../../core/foresight/design.ts'
import { type Foresight, foresight, mostHosts } from '../../core/foresight/foresight-data.ts'
import { type Measured, measure } from '../../core/foresight/measured.ts'
import type { ClusterSpec } from '../../model/cluster.ts'
import { Fault } from '../../model/fault.ts'
import { percent } from '../../text/availability-text.ts'
import { readClusterFile } from '../cluster-file.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { liveSnapshot, tellingEvents } from '../history-of.ts'
import { say, show } from '../output.ts'
import { table } from '../table.ts'
import { badValue } from '../usage.ts'
import { countOf, durationOf } from '../values.ts'

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const [file] = input.arguments
  const known = file === undefined ? await fromCluster(context) : fromFile(context, file)
  if (known === null) return exitCodes.badData
  const { spec, measured } = known
  const found = foresight(spec, measured, givenOf(context, input, spec))
  const { outlook, improvements: better } = found
  if (outlook === null) throw badValue(context.text, '--hosts', context.text.cli('foresee-too-large'), '', 'foresee')
  const played = await play(context, input, spec, found.design)
  await show(context, {
    data: { schemaVersion, ...found, played },
    lines: () => lines(context, found, outlook, better, played),
    rows: () => [
      ['change', 'availability', 'gain', 'downMsAYear'],
      ['none', outlook.availability, 0, aYear(1 - outlook.availability)],
      ...better.map((one) => [
        ...[one.change, one.outlook.availability, one.gain, aYear(1 - one.outlook.availability)],
      ]),
    ],
  })
  return exitCodes.ok
}

async function fromCluster(context: CliContext): Promise<{ spec: ClusterSpec; measured: Measured | null }> {
  const { cluster } = await liveSnapshot(context)
  if (cluster === null) throw new Fault('refused', 'not-done', { why: 'no-cluster-file' })
  const events = await tellingEvents(context)
  const untilMs = Math.floor(context.wall())
  const span = { fromMs: events[0]?.at ?? untilMs, untilMs }
  return { spec: cluster, measured: measure(events, observe(events, untilMs), span) }
}

/** Null: its problems were told. */
function fromFile(context: CliContext, file: string): { spec: ClusterSpec; measured: null } | null {
  const { result } = readClusterFile(file)
  if (result.ok) return { spec: result.spec, measured: null }
  for (const problem of result.problems) say(context, context.text.problemLine(problem))
  return null
}

function givenOf(context: CliContext, input: CommandInput, spec: ClusterSpec): GivenDesign {
  const duration = (option: string): number | undefined => durationOf(context, input, option, 'foresee') ?? undefined
  const given: Record<string, number | boolean | undefined> = {
    hosts: hostsOf(context, input, spec),
    hostsNeeded:
      input.values.needed === undefined
        ? undefined
        : countOf(context, input, 'needed', { from: 1, to: mostHosts, usual: 1 }, 'foresee'),
    hostMtbfMs: duration('host-mtbf'),
    hostMttrMs: duration('host-mttr'),
    guestMtbfMs: duration('guest-mtbf'),
    bootMs: duration('boot-time'),
    failoverMs: duration('failover-time') ?? (input.switches.has('fence') ? spec.settings.leaseMs : undefined),
    standby: input.switches.has('standby') ? true : undefined,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as GivenDesign
}

function hostsOf({ text }: CliContext, { values }: CommandInput, spec: ClusterSpec): number | undefined {
  const { hosts } = values
  if (hosts === undefined) return undefined
  const found = /^(\+?)(\d{1,4})$/.exec(hosts)
  const count = found === null ? 0 : Number(found[2]) + (found[1] === '+' ? Math.max(1, spec.hosts.length) : 0)
  if (count >= 1 && count <= mostHosts) return count
  throw badValue(text, '--hosts', text.cli('expected-hosts'), hosts, 'foresee')
}

/** What the real core took, at the rates of the design; a play is of many failures, far faster than they come. Null: not asked for. */
async function play(
  context: CliContext,
  input: CommandInput,
  spec: ClusterSpec,
  design: Design,
): Promise<Estimate | null> {
  const { playFailures } = context.powers
  if (input.values.simulate === undefined || playFailures === undefined) return null
  const plays = countOf(context, input, 'simulate', { from: 2, to: 100, usual: 8 }, 'foresee')
  const values: number[] = []
  for (let seed = 1; seed <= plays && !context.interrupted.aborted; seed++) {
    values.push(await playFailures(spec, design, seed))
  }
  return estimate(values)
}

function aYear(share: number): number {
  return Math.round(share * yearMs)
}

function lines(
  { text, paint, out }: CliContext,
  { design, assumptions }: Assumed,
  { availability, shares }: Outlook,
  better: Foresight['improvements'],
  played: Estimate | null,
): string[] {
  const width = out.terminal ? out.columns() : null
  const downMs = aYear(1 - availability)
  const name = classOf(classesOf2009, yearMs - downMs, downMs)
  const year = (share: number): string => text.cli('foresee-a-year', { down: text.duration(aYear(share)) })
  return [
    text.cli('foresee-title', { hosts: design.hosts, needed: design.hostsNeeded }),
    paint.strong(
      text.cli('foresee-now', {
        availability: percent(text, availability),
        down: text.duration(downMs),
        class: name === null ? undefined : text.cli(`class-${name}`),
      }),
    ),
    ...(played === null
      ? []
      : [
          text.cli('foresee-played', {
            plays: played.plays,
            from: percent(text, Math.max(0, played.from)),
            until: percent(text, Math.min(1, played.until)),
          }),
        ]),
    '',
    text.cli('foresee-from'),
    ...(['restarting', 'givenUp', 'failingOver', 'waitingForHost'] as const)
      .filter((share) => shares[share] > 0)
      .map((share) => `  ${text.cli(`foresee-${share}`)}: ${year(shares[share])}`),
    '',
    ...(better.length === 0 ? [text.cli('foresee-none')] : betterLines()),
    '',
    text.cli('foresee-assumes'),
    ...table(
      (['foresee-assumption', 'foresee-value', 'foresee-source'] as const).map((key) => ({ heading: text.cli(key) })),
      assumptions.map(({ what, source, count }) => [
        text.cli(`assume-${what as 'hosts'}`),
        valueText(what),
        count === null
          ? text.cli(`source-${source}`)
          : text.cli('source-count', { source: text.cli(`source-${source}`), count }),
      ]),
      paint,
      width,
    ),
    text.cli('foresee-apart'),
  ]

  function betterLines(): string[] {
    const columns = (['foresee-change', 'report-availability', 'foresee-gain'] as const).map((key) => ({
      heading: text.cli(key),
    }))
    const rows = better.map(({ change, outlook, gain }) => [
      ...[text.cli(`change-${change}`), percent(text, outlook.availability), text.duration(aYear(gain))],
    ])
    return [text.cli('foresee-better'), ...table(columns, rows, paint, width)]
  }

  function valueText(what: keyof Design): string {
    const value = design[what]
    if (value === null) return text.cli('assume-never')
    if (what === 'incurable') return percent(text, Number(value))
    return what.endsWith('Ms') ? text.duration(Number(value)) : text.number(Number(value))
  }
}
