import { type DrillSettings, usualClientNode } from '../drill-settings.ts'
import { formatMs } from '../units.ts'
import { type FormMap, some, unless } from './form.ts'

export function drillsForm({ production, client, failures, schedules }: DrillSettings): FormMap | undefined {
  return some({
    production: unless(production, true),
    client:
      client === null
        ? undefined
        : {
            ssh: client.host,
            options: client.options.length === 0 ? undefined : client.options,
            node: unless(client.node, usualClientNode),
          },
    failures:
      failures.length === 0
        ? undefined
        : failures.map(({ guest, service, break: breaks, mend }) => ({ guest, service, break: breaks, mend })),
    schedules: some(
      Object.fromEntries(
        schedules.map(({ name, guest, measures, during, runs, when, timeZone, windowMs }) => [
          name,
          {
            ...{ guest, measures, during, when },
            runs: unless(runs, 3),
            timeZone: timeZone ?? undefined,
            window: formatMs(windowMs),
          },
        ]),
      ),
    ),
  })
}
