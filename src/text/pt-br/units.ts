import type { units as english } from '../en/units.ts'
import { translatedFrom } from '../message.ts'

export const units = translatedFrom<typeof english>()({
  absent: 'desconhecido',
  milliseconds: '{count} ms',
  seconds: '{count} s',
  minutes: '{count} min',
  hours: '{count} h',
  days: '{count} d',
  'size-mib': '{count} MiB',
  'size-gib': '{count} GiB',
  'size-tib': '{count} TiB',
  percent: '{count} %',
  'rate-bytes': '{count} B/s',
  'rate-kib': '{count} KiB/s',
  'rate-mib': '{count} MiB/s',
  'rate-gib': '{count} GiB/s',
  'and-more': 'mais {count}',
  nothing: 'nenhum',
  'ordinal-one': '{count}º',
  'ordinal-two': '{count}º',
  'ordinal-few': '{count}º',
  'ordinal-other': '{count}º',
  detail: '{name}: {value}',
})
