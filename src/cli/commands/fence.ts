import { exitCodes } from '../../contract/exit-codes.ts'
import type { FenceTestResult } from '../../contract/hosts.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext } from '../context.ts'
import { showDone } from '../done.ts'
import { say, show } from '../output.ts'
import { UsageError } from '../usage.ts'

type Step = FenceTestResult['devices'][number]['steps'][number]

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [what = '', host] = input.arguments
  const names = what === 'test' ? 1 : 0
  if ((host === undefined ? 0 : 1) !== names) {
    throw new UsageError(text.cli('usage-fence-host', { what, count: names }), 'fence')
  }
  if (what === 'reset') {
    return showDone(context, await (await context.client()).fenceReset(), text.cli('fence-reset-done'))
  }
  if (what === 'test') return test(context, host!, input.switches.has('take-power'))
  if (!(await confirmed(context, text.cli('ask-fence', { host: what })))) return exitCodes.failed
  return showDone(context, await (await context.client()).fence(what), text.cli('fence-accepted', { host: what }))
}

async function test(context: CliContext, host: string, takePower: boolean): Promise<number> {
  const { text } = context
  if (takePower && !(await confirmed(context, text.cli('ask-fence-test', { host })))) return exitCodes.failed
  const result = await (await context.client()).fenceTest(host, { takePower })
  await show(context, {
    data: result,
    lines: () => testLines(context, host, result),
    rows: () => [
      ['device', 'step', 'good', 'power', 'fault'],
      ...result.devices.flatMap(({ device, steps }) =>
        steps.map(({ step, good, power, fault }) => [device, step, good, power, fault?.code ?? null]),
      ),
    ],
  })
  const good = result.devices.length > 0 && result.devices.every((one) => one.good)
  return good ? exitCodes.ok : exitCodes.failed
}

function testLines(context: CliContext, host: string, { devices }: FenceTestResult): string[] {
  const { text, paint } = context
  if (devices.length === 0) return [text.cli('fence-no-devices', { host })]
  return devices.flatMap(({ device, good, steps }) => [
    good ? paint.good(text.cli('fence-test-good', { device })) : paint.bad(text.cli('fence-test-bad', { device })),
    ...steps.map((step) => `  ${stepLine(context, step)}`),
  ])
}

function stepLine({ text }: CliContext, { step, good, power, fault }: Step): string {
  const read = power === null ? {} : { power: text.cli(`power-${power}`) }
  const why = fault === null ? '' : ` (${text.fault(fault).sentence})`
  return `${text.cli(`fence-step-${step}`, read)}: ${text.cli(good ? 'step-good' : 'step-bad')}${why}`
}

async function confirmed(context: CliContext, question: string): Promise<boolean> {
  const { text } = context
  if (context.yes) return true
  const answer = await context.ask(question)
  if (answer === null) throw new UsageError(text.cli('usage-name-needed'), 'fence')
  const yes = text.cli('answer-yes').split(' ').includes(answer.trim().toLowerCase())
  if (!yes) say(context, text.cli('not-confirmed'))
  return yes
}
