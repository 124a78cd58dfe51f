import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventWord } from '../../model/event.ts'
import { Durations } from '../../ports/durations.ts'
import type { ApiPowers } from '../powers.ts'
import type { Metric } from './exposition.ts'

/** The event loop is looked at so often, from the first question for metrics on. */
const loopLookMs = 20

/** Words of the history that have a name of their own among the metrics. */
const counted = {
  vigia_guest_restarts_total: { word: 'restart', help: 'Guests started again because their services were lost.' },
  vigia_guest_failures_total: { word: 'failed', help: 'Guests given up.' },
  vigia_failovers_total: { word: 'recover', help: 'Guests started on another host because theirs was lost.' },
  vigia_hosts_fenced_total: { word: 'fenced', help: 'Times the power of a host was taken.' },
  vigia_moves_total: { word: 'moved', help: 'Guests that arrived on another host, on purpose.' },
  vigia_move_failures_total: { word: 'move-failed', help: 'Moves that failed.' },
} as const satisfies Readonly<Record<string, { readonly word: EventWord; readonly help: string }>>

/** What the daemon that is asked counts and measures of itself, since it was started. */
export interface OwnMetrics {
  /** A request that was answered; `ms` null: it is not timed. */
  answered(method: string, route: string, status: number, ms: number | null): void
  read(liveClients: number): Metric[]
  close(): void
}

export function createOwnMetrics(powers: ApiPowers): OwnMetrics {
  const events = new Map<EventWord, number>()
  const requests = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>()
  const times = new Durations()
  let loop: ReturnType<typeof monitorEventLoopDelay> | null = null
  let busyBefore = performance.eventLoopUtilization()
  const unsubscribe = powers.history.subscribe((stored) => {
    for (const { word } of stored) events.set(word, (events.get(word) ?? 0) + 1)
  })

  const loopMetrics = (): Metric[] => {
    const busy = performance.eventLoopUtilization()
    const share = performance.eventLoopUtilization(busy, busyBefore).utilization
    busyBefore = busy
    // Looked at only where somebody asks for it: it wakes the processor.
    const seen = loop
    loop ??= monitorEventLoopDelay({ resolution: loopLookMs })
    if (seen === null) loop.enable()
    const lag = (value: number, stat: string) => ({
      labels: { stat },
      value: Math.max(0, value / 1e9 - loopLookMs / 1e3),
    })
    const samples =
      seen === null || seen.count === 0
        ? []
        : [lag(seen.mean, 'mean'), lag(seen.percentile(99), 'p99'), lag(seen.max, 'max')]
    seen?.reset()
    return [
      gauge('vigia_event_loop_busy_ratio', 'Share of time since the last question in which the daemon worked.', share),
      {
        name: 'vigia_event_loop_lag_seconds',
        help: 'How late the daemon came to its work since the last question; absent the first time.',
        type: 'gauge',
        samples,
      },
    ]
  }

  return {
    answered(method, route, status, ms) {
      if (ms !== null) times.add(ms)
      const labels = { method, route, status: String(status) }
      const key = `${method} ${route} ${status}`
      const count = requests.get(key)
      if (count === undefined) requests.set(key, { labels, value: 1 })
      else count.value += 1
    },
    read(liveClients) {
      const { rss, heapUsed } = process.memoryUsage()
      const { user, system } = process.cpuUsage()
      const own = powers.times
      return [
        {
          name: 'vigia_build_info',
          help: 'The version of the daemon.',
          type: 'gauge',
          samples: [{ labels: { version: powers.version, host: powers.host }, value: 1 }],
        },
        ...Object.entries(counted).map(([name, { word, help }]): Metric => {
          return { name, help, type: 'counter', samples: [{ value: events.get(word) ?? 0 }] }
        }),
        {
          name: 'vigia_events_total',
          help: 'Events in the history of this host, by word; copies of what other hosts wrote among them.',
          type: 'counter',
          samples: [...events].sort().map(([word, value]) => ({ labels: { word }, value })),
        },
        ...(own === undefined
          ? []
          : [
              {
                name: 'vigia_probe_seconds',
                help: 'How long services took to answer a probe.',
                type: 'histogram' as const,
                samples: [{ durations: own.probes }],
              },
              {
                name: 'vigia_store_seconds',
                help: 'How long the store took to answer.',
                type: 'histogram' as const,
                samples: [
                  { labels: { kind: 'read' }, durations: own.storeReads },
                  { labels: { kind: 'write' }, durations: own.storeWrites },
                ],
              },
            ]),
        ...loopMetrics(),
        {
          name: 'vigia_api_requests_total',
          help: 'Requests answered, by route and status.',
          type: 'counter',
          samples: [...requests.values()],
        },
        {
          name: 'vigia_api_request_seconds',
          help: 'How long requests took to be answered; live streams are not among them.',
          type: 'histogram',
          samples: [{ durations: times }],
        },
        gauge('vigia_live_clients', 'Live streams that are open.', liveClients),
        gauge('process_resident_memory_bytes', 'Resident memory of the daemon.', rss),
        gauge('process_heap_bytes', 'Heap of the daemon that is in use.', heapUsed),
        {
          name: 'process_cpu_seconds_total',
          help: 'Processor time of the daemon.',
          type: 'counter',
          samples: [{ value: (user + system) / 1e6 }],
        },
        gauge(
          'process_start_time_seconds',
          'When the daemon was started, seconds since 1970.',
          performance.timeOrigin / 1_000,
        ),
      ]
    },
    close() {
      unsubscribe()
      loop?.disable()
    },
  }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] }
}
