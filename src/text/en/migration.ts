/** What stands in the way of a migration: a clause said after the guest's name. */
export const obstacles = {
  'cpu-differs': 'was started on another kind of CPU',
  'machine-unknown': 'is a machine ({machine}) that the hypervisor there does not know',
  'memory-short': 'needs {needed} of memory, and {free} are free there',
  'disk-not-shared': 'writes to {path}, which only this host has',
  'file-missing': 'needs {path}, which is not there',
  'local-device': 'has a device of this host: {device}',
  'runs-there': 'runs there already',
} as const
