import { stat } from 'node:fs/promises'
import type { HookCall } from '../../model/hook.ts'
import { type Hook, type HookEnd, hookLimitMs } from '../../ports/hook.ts'
import { runAgent } from '../fence-agents/agent-run.ts'
import { systemCode } from '../machine/file-faults.ts'

/** Of what it said, for the history. */
const keptChars = 500

/** Grows when a field of what the program reads changes its meaning. */
const schemaVersion = 1

/** Runs the program of the cluster file on this host: the call as JSON on its standard input, its gist in arguments and environment. */
export function createProgramHook(options: { readonly limitMs?: number } = {}): Hook {
  const { limitMs = hookLimitMs } = options
  return {
    run: async (program, cluster, call) => {
      const refused = await whyNot(program)
      if (refused !== null) return { kind: 'absent', text: refused }
      const input = `${JSON.stringify({ schemaVersion, cluster, ...call, at: new Date(call.at).toISOString() })}\n`
      const run = await runAgent(program, input, limitMs, {
        args: [call.event, subjectOf(call)],
        env: environment(cluster, call),
      })
      switch (run.kind) {
        case 'absent':
          return { kind: 'absent', text: run.reason }
        case 'hung':
          return { kind: 'hung', limitMs }
        case 'ended':
          return run.code === 0 ? { kind: 'done' } : failed(run.code, run.complained.trim() || run.said.trim())
      }
    },
  }
}

function failed(code: number | null, said: string): HookEnd {
  return { kind: 'failed', code, text: said.slice(-keptChars) }
}

/** Run as root: what others may change would be theirs to run as root. Null: nothing is wrong. */
export async function whyNot(program: string): Promise<string | null> {
  try {
    const { mode, uid } = await stat(program)
    if (uid !== 0 && uid !== process.getuid?.()) return 'it belongs to another user'
    return (mode & 0o022) === 0 ? null : 'others may write it'
  } catch (error) {
    return systemCode(error) ?? String(error)
  }
}

function subjectOf(call: HookCall): string {
  return call.event === 'fence' ? call.host : call.guest
}

function environment(cluster: string, call: HookCall): Readonly<Record<string, string>> {
  return {
    VIGIA_CLUSTER: cluster,
    VIGIA_EVENT: call.event,
    VIGIA_ID: call.id,
    VIGIA_HOST: call.host ?? '',
    ...(call.event === 'fence' ? { VIGIA_PROOF: call.proof } : { VIGIA_GUEST: call.guest }),
    ...(call.event === 'failover' && { VIGIA_FROM: call.from }),
    ...(call.event === 'waiting' && { VIGIA_BECAUSE: call.because.code }),
  }
}
