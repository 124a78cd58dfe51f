/** Units, lists and other small words. */
export const units = {
  absent: 'unknown',
  milliseconds: '{count} ms',
  seconds: '{count} s',
  minutes: '{count} min',
  hours: '{count} h',
  days: '{count} d',
  'size-mib': '{count} MiB',
  'size-gib': '{count} GiB',
  'size-tib': '{count} TiB',
  'and-more': '{count} more',
  nothing: 'none',
  'ordinal-one': '{count}st',
  'ordinal-two': '{count}nd',
  'ordinal-few': '{count}rd',
  'ordinal-other': '{count}th',
  detail: '{name}: {value}',
} as const
