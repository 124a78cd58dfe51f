import { setTimeout as delay } from 'node:timers/promises'
import { exitCodes } from '../../contract/exit-codes.ts'
import { schemaVersion } from '../../contract/protocol.ts'
import { Fault } from '../../model/fault.ts'
import type { CommandInput } from '../command.ts'
import type { CliContext, ClusterPowers, MemberLine, MemberOptions } from '../context.ts'
import { clusterActions } from '../host-commands.ts'
import { say, show } from '../output.ts'
import { table } from '../table.ts'
import { badValue, UsageError } from '../usage.ts'

/** A step of one member takes about as long. */
const followEachMs = 1_000

/** A daemon that has just begun renews within this time, and etcd elects: a majority that is still missing then does not come by itself. */
const joinWaitMs = 45_000

const takesName: readonly string[] = ['join', 'leave', 'backup', 'restore']

/** This host's place among several. By its own files: it works before there is a daemon of the cluster, and beside one that is down. */
export async function run(context: CliContext, input: CommandInput): Promise<number> {
  const { text } = context
  const [action = '', name] = input.arguments
  const cluster = await context.powers.cluster?.()
  if (cluster === undefined) {
    say(context, text.cli('not-available', { what: 'cluster' }))
    return exitCodes.unavailable
  }
  if (name !== undefined && !takesName.includes(action)) {
    throw new UsageError(text.cli('usage-too-many', { extra: name }), 'cluster')
  }
  switch (action) {
    case 'init':
      return init(context, input, cluster)
    case 'token':
      return newToken(context, input, cluster)
    case 'join':
      return join(context, input, cluster, name)
    case 'leave':
      return leave(context, input, cluster, name)
    case 'members':
      return members(context, cluster)
    case 'backup':
      return backup(context, cluster, name)
    case 'restore':
      return restore(context, input, cluster, name)
    case 'stand-down':
      return standDown(context, cluster)
    case 'rotate-ca':
      return rotateAuthority(context, input, cluster)
    default:
      throw badValue(text, clusterActions.join('|'), clusterActions.join(', '), action, 'cluster')
  }
}

async function init(context: CliContext, input: CommandInput, cluster: ClusterPowers): Promise<number> {
  const { text } = context
  const name = required(context, input, 'name')
  required(context, input, 'address')
  const { 'etcd-ca': authority, 'etcd-cert': certificate, 'etcd-key': key } = input.values
  const files = authority === undefined || certificate === undefined || key === undefined
  const member = await cluster.found(name, optionsOf(input), files ? null : { authority, certificate, key })
  await show(context, {
    data: { schemaVersion, cluster: name, member },
    lines: () => [text.cli('cluster-founded', { member, cluster: name }), text.cli('cluster-restart')],
    rows: () => [
      ['cluster', 'member'],
      [name, member],
    ],
  })
  return exitCodes.ok
}

async function newToken(context: CliContext, input: CommandInput, cluster: ClusterPowers): Promise<number> {
  const kind = input.switches.has('witness') ? 'witness' : 'host'
  const token = await cluster.token(kind, input.values.replaces ?? null)
  await show(context, {
    data: { schemaVersion, token, kind },
    lines: () => [token],
    rows: () => [['token'], [token]],
  })
  if (context.format === 'table') say(context, context.text.cli('cluster-token-hint'))
  return exitCodes.ok
}

async function join(
  context: CliContext,
  input: CommandInput,
  cluster: ClusterPowers,
  token: string | undefined,
): Promise<number> {
  const { text } = context
  if (token === undefined) throw new UsageError(text.cli('usage-missing-argument', { name: 'TOKEN' }), 'cluster')
  const joined = await joinSoon(context, cluster, token, optionsOf(input))
  await show(context, {
    data: { schemaVersion, ...joined },
    lines: () => [text.cli('cluster-joined', joined), text.cli('cluster-restart')],
    rows: () => [
      ['cluster', 'member'],
      [joined.cluster, joined.member],
    ],
  })
  return exitCodes.ok
}

/** Where only time is missing it is tried again: a repeated join carries on. */
async function joinSoon(
  context: CliContext,
  cluster: ClusterPowers,
  token: string,
  options: MemberOptions,
): ReturnType<ClusterPowers['join']> {
  const { text, interrupted } = context
  const until = context.now() + joinWaitMs
  for (let waits = false; ; ) {
    try {
      return await cluster.join(token, options)
    } catch (error) {
      if (!mayPass(error) || interrupted.aborted || context.now() >= until) throw error
      if (!waits) say(context, text.cli('cluster-join-waits', { limit: text.duration(joinWaitMs) }))
      waits = true
      await pause(followEachMs, interrupted)
      if (interrupted.aborted) throw error
    }
  }
}

/** Daemons that have just begun, an etcd that elects. A "no" that names its reason stays one. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Fault)) return false
  const { code, details } = error
  return (code === 'no-quorum' && details.why === undefined) || code === 'store-lost' || code === 'store-busy'
}

async function leave(
  context: CliContext,
  input: CommandInput,
  cluster: ClusterPowers,
  name: string | undefined,
): Promise<number> {
  const { text } = context
  if (name === undefined && input.switches.has('forget')) return forget(context, cluster)
  const question =
    name === undefined ? text.cli('cluster-leave-question') : text.cli('cluster-leave-question-other', { member: name })
  if (!(await confirmed(context, question))) return exitCodes.failed
  const member = await cluster.leave(name ?? null, input.switches.has('replaced'))
  await show(context, {
    data: { schemaVersion, member },
    lines: () => [
      name === undefined ? text.cli('cluster-left', { member }) : text.cli('cluster-left-other', { member }),
    ],
    rows: () => [['member'], [member]],
  })
  return exitCodes.ok
}

/** Its machine is let go of by the cluster already, or the cluster's store is another one now. */
async function forget(context: CliContext, cluster: ClusterPowers): Promise<number> {
  const { text } = context
  if (!(await confirmed(context, text.cli('cluster-forget-question')))) return exitCodes.failed
  const member = await cluster.forget()
  await show(context, {
    data: { schemaVersion, member },
    lines: () => [text.cli('cluster-forgotten', { member })],
    rows: () => [['member'], [member]],
  })
  return exitCodes.ok
}

async function backup(context: CliContext, cluster: ClusterPowers, file: string | undefined): Promise<number> {
  const { text } = context
  if (file === undefined) throw new UsageError(text.cli('usage-missing-argument', { name: 'FILE' }), 'cluster')
  const path = await cluster.backup(file)
  await show(context, {
    data: { schemaVersion, path },
    lines: () => [text.cli('cluster-backed-up', { path })],
    rows: () => [['path'], [path]],
  })
  return exitCodes.ok
}

async function restore(
  context: CliContext,
  input: CommandInput,
  cluster: ClusterPowers,
  file: string | undefined,
): Promise<number> {
  const { text } = context
  const [alone, external] = [input.switches.has('alone'), input.switches.has('external')]
  if (external) return restoreExternal(context, cluster, file, alone)
  if (file === undefined && !alone) {
    throw new UsageError(text.cli('usage-missing-argument', { name: 'FILE' }), 'cluster')
  }
  const question = text.cli(alone ? 'cluster-restore-question-alone' : 'cluster-restore-question')
  if (!(await confirmed(context, question))) return exitCodes.failed
  await cluster.restore(file ?? null, alone)
  await show(context, {
    data: { schemaVersion, file: file ?? null, alone },
    lines: () => [text.cli('cluster-restored'), text.cli(alone ? 'cluster-restored-alone' : 'cluster-restored-waits')],
    rows: () => [
      ['file', 'alone'],
      [file ?? null, alone],
    ],
  })
  return exitCodes.ok
}

/** What its own tools have restored. */
async function restoreExternal(
  context: CliContext,
  cluster: ClusterPowers,
  file: string | undefined,
  alone: boolean,
): Promise<number> {
  const { text } = context
  if (file !== undefined) throw new UsageError(text.cli('usage-too-many', { extra: file }), 'cluster')
  const question = text.cli(alone ? 'cluster-restore-question-alone' : 'cluster-restore-question-external')
  if (!(await confirmed(context, question))) return exitCodes.failed
  await cluster.restoredExternally(alone)
  await show(context, {
    data: { schemaVersion, external: true, alone },
    lines: () => [
      text.cli('cluster-restored-external'),
      text.cli(alone ? 'cluster-restored-alone' : 'cluster-restored-external-waits'),
    ],
    rows: () => [
      ['external', 'alone'],
      [true, alone],
    ],
  })
  return exitCodes.ok
}

async function standDown(context: CliContext, cluster: ClusterPowers): Promise<number> {
  const { text } = context
  if (!(await confirmed(context, text.cli('cluster-stand-down-question')))) return exitCodes.failed
  const member = await cluster.standDown()
  await show(context, {
    data: { schemaVersion, member },
    lines: () => [text.cli('cluster-stood-down', { member })],
    rows: () => [['member'], [member]],
  })
  return exitCodes.ok
}

/** The daemons do it: this only begins, and tells how far each member is. */
async function rotateAuthority(context: CliContext, input: CommandInput, cluster: ClusterPowers): Promise<number> {
  const { text } = context
  if (!(await confirmed(context, text.cli('cluster-rotate-question')))) return exitCodes.failed
  const { next, begun } = await cluster.rotateAuthority()
  say(context, text.cli(begun ? 'cluster-rotate-begun' : 'cluster-rotate-goes-on'))
  const waits = !input.switches.has('no-wait')
  const done = waits && (await followChange(context, cluster, next))
  await show(context, {
    data: { schemaVersion, next, begun, done },
    lines: () => [text.cli(done ? 'cluster-rotate-done' : 'cluster-rotate-left')],
    rows: () => [
      ['next', 'begun', 'done'],
      [next, begun, done],
    ],
  })
  return exitCodes.ok
}

/** False: interrupted; it goes on all the same. A store that is started anew meanwhile is asked again. */
async function followChange(context: CliContext, cluster: ClusterPowers, next: string): Promise<boolean> {
  const { text, interrupted } = context
  const told = new Map<string, string | null>()
  while (!interrupted.aborted) {
    const lines = await cluster.authorityProgress(next).catch((error: unknown) => {
      if (error instanceof Fault && (error.code.startsWith('store-') || error.code === 'timeout')) return []
      throw error
    })
    if (lines === null) return true
    for (const { member, stage } of lines) {
      if (told.get(member) === stage) continue
      told.set(member, stage)
      say(context, text.cli('cluster-rotate-stage', { member, stage: text.cli(`cluster-rotate-${stage ?? 'none'}`) }))
    }
    await pause(followEachMs, interrupted)
  }
  return false
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => {})
}

async function confirmed(context: CliContext, question: string): Promise<boolean> {
  const { text } = context
  if (context.yes) return true
  const answer = await context.ask(question)
  if (answer === null) throw new UsageError(text.cli('usage-yes-needed-here'), 'cluster')
  if (text.cli('answer-yes').split(' ').includes(answer.trim().toLowerCase())) return true
  say(context, text.cli('not-confirmed'))
  return false
}

async function members(context: CliContext, cluster: ClusterPowers): Promise<number> {
  const lines = await cluster.members()
  await show(context, {
    data: { schemaVersion, members: lines },
    lines: () => memberTable(context, lines),
    rows: () => [
      ['member', 'kind', 'addresses', 'renews', 'leads', 'watchdogMs', 'self'],
      ...lines.map(({ id, kind, addresses, renews, leads, watchdogMs, self }) => [
        ...[id, kind, addresses.join(' ')],
        ...[renews, leads, watchdogMs, self],
      ]),
    ],
  })
  return lines.every(({ renews }) => renews) ? exitCodes.ok : exitCodes.failed
}

function memberTable(context: CliContext, lines: readonly MemberLine[]): string[] {
  const { text, paint, out } = context
  const columns = ['member', 'kind', 'state', 'watchdog', 'addresses'] as const
  const rows = lines.map(({ id, kind, addresses, renews, leads, watchdogMs, self }) => [
    self ? `${id} *` : id,
    text.cli(kind === 'witness' ? 'cluster-witness' : 'cluster-host'),
    text.cli(leads && renews ? 'cluster-leads' : renews ? 'cluster-renews' : 'cluster-silent'),
    watchdogMs === null ? '-' : text.duration(watchdogMs),
    addresses.join(' '),
  ])
  const headings = columns.map((name) => ({ heading: text.cli(`cluster-column-${name}`) }))
  return table(headings, rows, paint, out.terminal ? out.columns() : null)
}

function optionsOf(input: CommandInput): MemberOptions {
  return {
    address: listOf(input.values.address ?? ''),
    libvirtUri: input.values['libvirt-uri'] ?? null,
    endpoints: listOf(input.values.etcd ?? ''),
  }
}

function required(context: CliContext, input: CommandInput, name: string): string {
  const value = input.values[name]
  if (value !== undefined && value !== '') return value
  throw new UsageError(context.text.cli('usage-missing-argument', { name: `--${name}` }), 'cluster')
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}
