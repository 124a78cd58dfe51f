import type { Client } from '../../client/client.ts'
import type { TransportLine } from '../../client/transport.ts'
import { exitCodes } from '../../contract/exit-codes.ts'
import { consoleLinkPath } from '../../contract/protocol.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext, Keyboard } from '../context.ts'
import { say, show } from '../output.ts'
import { UsageError } from '../usage.ts'

/** Ctrl-], as telnet and virsh have it. */
const leaveKey = 0x1d

export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [guest] = input.arguments
  const client = await context.client()
  if (guest === undefined) return link(context, client)
  const line = await client.console(guest, input.switches.has('force'))
  const keyboard = context.keyboard()
  if (keyboard === null) {
    line.close()
    throw new UsageError(text.cli('console-no-terminal'), 'console')
  }
  let left = false
  try {
    say(context, text.cli('console-open', { guest }))
    left = await Promise.race([type(keyboard, line), output(context, line)])
  } finally {
    line.close()
    keyboard.close()
  }
  say(context, `\n${text.cli('console-closed', { guest })}`)
  // The line ended by itself: with the guest, or with the daemon, which then does not answer here.
  if (!left) await client.status()
  return exitCodes.ok
}

/** A one-time way into the console in a browser. */
async function link(context: CliContext, client: Client): Promise<number> {
  const { text } = context
  const made = await client.access.consoleLink()
  const { urls, ticket } = made
  await show(context, {
    data: made,
    lines: () => (urls.length > 0 ? urls : [text.cli('console-link-path', { path: `${consoleLinkPath}#${ticket}` })]),
    rows: () => [['url'], ...(urls.length > 0 ? urls : [`${consoleLinkPath}#${ticket}`]).map((url) => [url])],
  })
  if (context.format === 'table') say(context, text.cli('console-link-once'))
  return exitCodes.ok
}

/** True: the person left. */
async function type(keyboard: Keyboard, line: TransportLine): Promise<boolean> {
  for await (const bytes of keyboard.keys) {
    const leave = bytes.indexOf(leaveKey)
    line.write(leave < 0 ? bytes : bytes.subarray(0, leave))
    if (leave >= 0) return true
  }
  return false
}

/** Ends when the guest, or the connection, does. Letters may be cut anywhere. */
async function output({ out }: CliContext, line: TransportLine): Promise<false> {
  const decoder = new TextDecoder()
  for await (const bytes of line.output) out.write(decoder.decode(bytes, { stream: true }))
  return false
}
