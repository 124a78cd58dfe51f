import type { Durations } from '../../ports/durations.ts'

/** The text that Prometheus reads: its exposition format, version 0.0.4. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export type Metric =
  | {
      readonly name: string
      readonly help: string
      readonly type: 'gauge' | 'counter'
      readonly samples: readonly Sample[]
    }
  | {
      readonly name: string
      readonly help: string
      readonly type: 'histogram'
      readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly durations: Durations }[]
    }

/** A metric without a sample is left out. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(
      (metric) =>
        `# HELP ${metric.name} ${escapedHelp(metric.help)}\n# TYPE ${metric.name} ${metric.type}\n${linesOf(metric)}`,
    )
    .join('')
}

function linesOf(metric: Metric): string {
  if (metric.type !== 'histogram') {
    return metric.samples.map(({ labels, value }) => line(metric.name, labels, value)).join('')
  }
  return metric.samples
    .map(({ labels = {}, durations }) => {
      const buckets = durations
        .upTo()
        .map(({ seconds, count }) => line(`${metric.name}_bucket`, { ...labels, le: String(seconds) }, count))
      return [
        ...buckets,
        line(`${metric.name}_bucket`, { ...labels, le: '+Inf' }, durations.count),
        line(`${metric.name}_sum`, labels, durations.sumSeconds),
        line(`${metric.name}_count`, labels, durations.count),
      ].join('')
    })
    .join('')
}

function line(name: string, labels: Readonly<Record<string, string>> = {}, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapedLabel(text: string): string {
  return escapedHelp(text).replaceAll('"', '\\"')
}
