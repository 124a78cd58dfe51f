import type { DrillRequest } from '../../contract/drills.ts'
import { quoted } from '../actions/commands.ts'

/** What does the same in a terminal; what is as usual is not said. */
export function drillCommand(request: DrillRequest): string {
  const { guest, measures, during, runs, to, port, transferPath, loadPath, connections, requests, service } = request
  const { pingIntervalMs, baselineMs, edgeMs, failureMs } = request
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['measure', measures.join(',')],
    ['during', during.join(',')],
    ['runs', runs],
    ['to', to],
    ['interval', span(pingIntervalMs)],
    ['baseline', span(baselineMs)],
    ['edge', span(edgeMs)],
    ['port', port],
    ['path', transferPath],
    ['load-path', loadPath],
    ['connections', connections],
    ['requests', requests],
    ['service', service],
    ['failure', span(failureMs)],
  ]
  const said = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(String(value))}`]))
  return ['vigia drill run', quoted(guest), ...said].join(' ')
}

export function stopCommand(drill: string): string {
  return `vigia drill stop ${quoted(drill)}`
}

export function reportCommand(drill: string, file: string): string {
  return `vigia drill report ${quoted(drill)} --pdf ${quoted(file)}`
}

function span(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}
