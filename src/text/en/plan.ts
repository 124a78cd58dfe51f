/** Help of `vigia plan`. */
export const planHelp = {
  'plan-summary': 'reckon what hosts cost, and which are needed',
  'plan-about':
    'Reads a file and answers what it asks. A file with perServer: or proposals: asks for costs: what servers or hosts cost with licences, rack, UPS, ports, power, cooling and work, what is saved, when it has paid for itself, and which input matters most. Money is reckoned exactly, in any currency.\n\nSums that the file states itself are not used: they are compared, and a difference is told (exit code 1). Needs no vigiad.',
  'plan-example-cost': 'what ten servers cost, what one host costs, and what is saved',
  'plan-example-json': 'the same for a program; amounts keep all digits of their currency',
  'exit-plan': '1    a sum that the file states is not what its figures give',
} as const

/** What `vigia plan` says. */
export const planWords = {
  'plan-comparison': '{file}: {servers} physical {servers|server|servers} against {hosts} {hosts|host|hosts}',
  'plan-column-cost': 'COST',
  'plan-column-physical': 'PHYSICAL',
  'plan-column-virtual': 'VIRTUAL',
  'plan-column-sum': 'SUM',
  'plan-column-value': 'VALUE',
  'plan-total': 'total',
  'plan-saving': 'Saved: {saving}[? ({share})]',
  'plan-sum-differs': '{file}: {path} is stated as {stated}; its own figures give {derived}',
  'plan-proposals': '{file}: over {count} {count|year|years}, held against {baseline}',
  'plan-row-machines': 'machines',
  'plan-row-start': 'paid at the start',
  'plan-row-total': 'total over {count} {count|year|years}',
  'plan-row-present': 'in money of the start',
  'plan-row-saving': 'saved',
  'plan-row-npv': 'saved, in money of the start',
  'plan-row-roi': 'return on what is paid at the start',
  'plan-row-payback': 'pays for itself',
  'plan-item-energy': 'power and cooling',
  'plan-item-work': 'work',
  'plan-item-lanPorts': 'network ports',
  'plan-item-sanPorts': 'storage ports',
  'plan-item-backupLicences': 'backup licences',
  'plan-payback-never': 'never within the years',
  'plan-payback-at-once': 'at once',
  'plan-payback-years': 'after {years} {years|year|years}',
  'plan-sensitivity':
    '{proposal}: what is saved in money of the start, with one input {share} less and {share} more; what matters most first',
  'plan-column-input': 'INPUT',
  'plan-column-less': 'LESS',
  'plan-column-more': 'MORE',
  'plan-column-swing': 'BETWEEN',
} as const
