import { Fault } from '../../model/fault.ts'
import type { FenceDeviceSpec } from '../../model/fence-device.ts'
import { nearest } from '../../model/file/nearest.ts'
import type { AgentMetadata } from './agent-metadata.ts'

/** Given by us with each call, or of no use to it. */
const ours: ReadonlySet<string> = new Set(['action', 'help', 'version'])

/**
 * Holds what the cluster file says of a device against what its program understands. The programs themselves only warn of a
 * parameter that they do not know, and then fail at the worst moment. Faults: `bad-data`.
 */
export function checkParameters(spec: FenceDeviceSpec, { parameters, actions }: AgentMetadata): void {
  const where = spec.agent
  const known = parameters.map(({ name }) => name).filter((name) => !ours.has(name))
  const names = new Set(known.map(plain))
  const given = [...Object.keys(spec.options), ...Object.keys(spec.secrets)]
  for (const name of given) {
    if (names.has(plain(name))) continue
    const near = nearest(name, known)
    throw new Fault('bad-data', 'not-done', {
      where,
      field: name,
      expected: known,
      ...(near === null ? {} : { nearest: near }),
    })
  }
  const said = new Set(given.map(plain))
  for (const { name, required, hasDefault } of parameters) {
    if (!required || hasDefault || ours.has(name) || said.has(plain(name))) continue
    throw new Fault('bad-data', 'not-done', { where, field: name, expected: 'a value' })
  }
  for (const action of ['off', 'on', 'status']) {
    if (actions.includes(action)) continue
    throw new Fault('bad-data', 'not-done', { where, expected: ['off', 'on', 'status'], got: actions })
  }
}

/** The programs take `power-wait` and `power_wait` for the same. */
function plain(name: string): string {
  return name.replaceAll('-', '_')
}
