/** A device outside a host that takes the host's power, spoken to by a program of Debian's `fence-agents` or one like them. */
export interface FenceDeviceSpec {
  /** Unique among the devices of its host: the program's name, with a number where one host has several of them. */
  readonly id: string
  /** `fence_ipmilan`, looked for where such programs lie, or an absolute path. */
  readonly agent: string
  /** Parameters of the program, as its own metadata name them. Never a secret: these are shown and logged. */
  readonly options: Readonly<Record<string, string>>
  /** Parameters whose values are read from these files at each call. */
  readonly secrets: Readonly<Record<string, string>>
  /** Longest wait for one answer of the program; it is killed then. */
  readonly timeoutMs: number
}

/** Longer than most devices take to switch, short against what people wait for. */
export const defaultFenceTimeoutMs = 20_000

/** An agent's name or absolute path, as the cluster file may write it. */
export const fenceAgentPattern = /^(?:fence_[A-Za-z0-9_-]{1,60}|\/[^\p{Cc}]{1,4095})$/u

/** A parameter of such a program; `action` and what belongs to a single call are ours. */
export const fenceParameterPattern = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/

/** Ids of several devices of one host, in their order: the program's own name, the second of a kind with `-2` behind it. */
export function fenceDeviceIds(agents: readonly string[]): string[] {
  const counts = new Map<string, number>()
  return agents.map((agent) => {
    const name = agent.slice(agent.lastIndexOf('/') + 1)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name}-${count}`
  })
}
