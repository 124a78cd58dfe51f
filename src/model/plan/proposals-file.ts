import type { FileNode } from '../file/node.ts'
import type { Reader } from '../file/reader.ts'
import { isNameKey, name, nameSource, text, whole } from '../file/scalar-shape.ts'
import { field, type MapRead, mapOf, record, required } from '../file/shape.ts'
import type { Proposal, Proposals } from './cost.ts'
import {
  amounts,
  count,
  currency,
  exact,
  money,
  mostOfAnything,
  mostYears,
  noRatio,
  remarkField,
} from './cost-shapes.ts'
import { one, type Ratio, ratio } from './ratio.ts'

/** Proposals in one file: more are not compared by anybody. */
const maxProposals = 50

/** Rates a year from -100 % to +1000 %. */
const rate = exact(-1, 10)

const hours = exact(0, mostOfAnything)

function proposalFields(code: string) {
  return {
    about: remarkField,
    machines: field(count, 'Machines at the start; with `carries`, at least so many.', 0),
    carries: field(
      whole(1, mostOfAnything),
      'Workloads one machine carries: their number follows `workloads` and `growth`.',
    ),
    spare: field(count, 'Machines beyond those, so that as many may be lost.', 0),
    life: field(whole(1, mostYears), 'Years after which a machine is bought again.'),
    each: field(amounts(code), 'Bought with each machine, by names of your own.'),
    eachYearly: field(amounts(code), 'Paid for each machine each year.'),
    watts: field(exact(0, mostOfAnything), 'What one machine draws on average.', 0),
    lanPorts: field(count, 'Of each machine.', 0),
    sanPorts: field(count, 'Of each machine.', 0),
    backupLicences: field(count, 'Of each machine.', 0),
    setupHours: field(hours, 'Work on each machine when it comes.', 0),
    yearlyHours: field(hours, 'Work on each machine each year.', 0),
    once: field(amounts(code), 'Bought once: rack, UPS.'),
    yearly: field(amounts(code), 'Paid each year, however many machines.'),
  }
}

function fieldsIn(code: string) {
  const price = money(code)
  return {
    $schema: field(text, 'For editors; not read.'),
    currency: required(currency, 'Of all amounts, by its three letters (ISO 4217).'),
    years: field(whole(0, mostYears), 'Years looked at after the start.', 5),
    discountRate: field(exact(0, 10), 'What money later is worth less, a year: 0.08 is 8 %.', 0),
    inflation: field(rate, 'Of what is paid after the start, a year.', 0),
    growth: field(rate, 'Of the workloads, a year.', 0),
    workloads: field(count, 'Servers that the machines stand for, at the start.'),
    energy: field(
      record({
        tariff: field(exact(0, mostOfAnything), 'Price of a kWh, with as many digits as it has.', 0),
        pue: field(exact(1, 10), 'Power with cooling, over power of the machines alone.', 1),
        hoursAYear: field(exact(0, 8784), 'Hours a machine is on.', 8760),
        inflation: field(rate, 'Of the tariff, a year; without it, as of everything.'),
      }),
      'Power and cooling.',
    ),
    prices: field(
      record({
        lanPort: field(price, 'Of one port of the network.', 0),
        sanPort: field(price, 'Of one port of the storage network.', 0),
        backupLicence: field(price, 'Of one machine.', 0),
        workHour: field(price, 'Of one hour of work.', 0),
      }),
      'What all proposals pay for the same things.',
    ),
    sensitivity: field(exact(0, 1), 'How much each input is moved to see what it does: 0.1 is 10 %.', 0.1),
    baseline: field(name, 'The proposal that others are held against; without it, the first.'),
    proposals: required(
      mapOf(isNameKey, record(proposalFields(code)), nameSource, maxProposals),
      'Physical, virtual, and whatever else is proposed.',
    ),
    facts: remarkField,
  }
}

type ProposalRead = MapRead<ReturnType<typeof proposalFields>>['values']

/** Undefined once its problems are noted. */
export function readProposals(tree: FileNode, code: string, reader: Reader): Proposals | undefined {
  const read = record(fieldsIn(code)).read(tree, reader)
  const entries = read?.values.proposals
  if (read === undefined || entries === undefined) return undefined
  const { values, places } = read
  const proposals = entries.flatMap(({ key, value }) => (value === undefined ? [] : [proposalOf(key, value.values)]))
  const names = proposals.map((one) => one.name)
  const [first] = names
  if (first === undefined)
    return reader.error({ at: places.proposals ?? read.at }, { code: 'missing-key', expected: 'proposals' })
  const baseline = values.baseline ?? first
  if (!names.includes(baseline)) {
    return reader.error(
      { at: places.baseline ?? read.at },
      { code: 'bad-choice', expected: names, got: baseline, nearest: null },
    )
  }
  for (const { keyAt, value } of entries) {
    if (value?.values.carries === undefined || values.workloads !== undefined) continue
    reader.error({ at: keyAt }, { code: 'missing-key', expected: 'workloads' })
  }
  const { tariff, pue, hoursAYear, inflation } = values.energy?.values ?? {}
  const { lanPort = 0n, sanPort = 0n, backupLicence = 0n, workHour = 0n } = values.prices?.values ?? {}
  return {
    kind: 'proposals',
    currency: code,
    years: values.years ?? 5,
    discountRate: values.discountRate ?? noRatio,
    inflation: values.inflation ?? noRatio,
    growth: values.growth ?? noRatio,
    workloads: values.workloads ?? null,
    energy: {
      tariff: tariff ?? noRatio,
      pue: pue ?? one,
      hoursAYear: hoursAYear ?? ratio(8760n),
      inflation: inflation ?? values.inflation ?? noRatio,
    },
    prices: { lanPort, sanPort, backupLicence, workHour },
    sensitivity: values.sensitivity ?? tenth,
    baseline,
    proposals,
  }
}

const tenth: Ratio = ratio(1n, 10n)

function proposalOf(name: string, read: ProposalRead): Proposal {
  return {
    name,
    machines: read.machines ?? 0,
    carries: read.carries ?? null,
    spare: read.spare ?? 0,
    lifeYears: read.life ?? null,
    each: read.each ?? [],
    eachYearly: read.eachYearly ?? [],
    watts: read.watts ?? noRatio,
    lanPorts: read.lanPorts ?? 0,
    sanPorts: read.sanPorts ?? 0,
    backupLicences: read.backupLicences ?? 0,
    setupHours: read.setupHours ?? noRatio,
    yearlyHours: read.yearlyHours ?? noRatio,
    once: read.once ?? [],
    yearly: read.yearly ?? [],
  }
}
