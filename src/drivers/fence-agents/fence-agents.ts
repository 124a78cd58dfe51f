import { access, constants } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import type { FenceDeviceSpec } from '../../model/fence-device.ts'
import type { HostId } from '../../model/ids.ts'
import type { Fencer } from '../../ports/fencer.ts'
import { type AgentCall, mustBeDone, powerOf } from './agent-answer.ts'
import { type AgentAction, agentInput, withoutSecrets } from './agent-input.ts'
import { parseMetadata } from './agent-metadata.ts'
import { type AgentRun, runAgent } from './agent-run.ts'
import { checkParameters } from './check-parameters.ts'

/** Where Debian and others put the programs. */
const programFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin']

/** Programs at once. The leader fences one host at a time and a few people look; more is a loop of somebody's. */
const programsMax = 16

const actionNames = { off: 'power-off', on: 'power-on', status: 'power-status', metadata: 'device-parameters' } as const

export interface FenceAgentsOptions {
  /** The devices of a host by the cluster file that is in force now. */
  readonly devicesOf: (host: HostId) => readonly FenceDeviceSpec[]
  readonly folders?: readonly string[]
}

/** Fencing by the programs of Debian's `fence-agents` package, or others that speak like them, each call a process of its own. */
export function createFenceAgents({ devicesOf, folders = programFolders }: FenceAgentsOptions): Fencer {
  let running = 0

  async function call(host: HostId, device: string, action: keyof typeof actionNames): Promise<Answered> {
    const spec = devicesOf(host).find(({ id }) => id === device)
    if (spec === undefined) throw new Fault('fence-absent', 'not-done', { host, device })
    const described: AgentCall = { host, device, action: actionNames[action], limitMs: spec.timeoutMs }
    const { text, secrets } = await inputOf(spec, action)
    if (running >= programsMax) {
      throw new Fault('limit-reached', 'not-done', { what: 'fence programs', limit: programsMax })
    }
    running += 1
    try {
      const run = await runAgent(await programOf(spec, host, folders), text, spec.timeoutMs)
      return { spec, run, described, clean: (said) => withoutSecrets(said, secrets) }
    } finally {
      running -= 1
    }
  }

  return {
    devices: (host) => devicesOf(host).map(({ id }) => id),
    off: async (host, device) => {
      const { run, described, clean } = await call(host, device, 'off')
      mustBeDone(run, described, clean)
    },
    on: async (host, device) => {
      const { run, described, clean } = await call(host, device, 'on')
      mustBeDone(run, described, clean)
    },
    read: async (host, device) => {
      const { run, described, clean } = await call(host, device, 'status')
      return powerOf(run, described, clean)
    },
    check: async (host, device) => {
      const { spec, run, described, clean } = await call(host, device, 'metadata')
      mustBeDone(run, described, clean)
      checkParameters(spec, parseMetadata(run.kind === 'ended' ? run.said : '', spec.agent))
      // A secret that cannot be read is better found now than at the first loss.
      await agentInput(spec, 'status')
    },
  }
}

interface Answered {
  readonly spec: FenceDeviceSpec
  readonly run: AgentRun
  readonly described: AgentCall
  readonly clean: (text: string) => string
}

/** The question for parameters needs none of them, and no secret leaves its file for it. */
function inputOf(spec: FenceDeviceSpec, action: AgentAction) {
  return action === 'metadata' ? { text: 'action=metadata\n', secrets: [] } : agentInput(spec, action)
}

async function programOf(spec: FenceDeviceSpec, host: HostId, folders: readonly string[]): Promise<string> {
  const { agent, id } = spec
  const candidates = isAbsolute(agent) ? [agent] : folders.map((folder) => join(folder, agent))
  for (const path of candidates) {
    try {
      await access(path, constants.X_OK)
      return path
    } catch {
      // Looked for in the next place.
    }
  }
  throw new Fault('fence-absent', 'not-done', { host, device: id, path: agent })
}
