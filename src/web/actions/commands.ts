export type GuestActionKey =
  | 'launch'
  | 'shutdown'
  | 'pause'
  | 'resume'
  | 'migrate'
  | 'memory'
  | 'clear'
  | 'watch-on'
  | 'watch-off'
  | 'unmanage'

/** What does the same in a terminal, for each thing that can be done to guests. */
export const guestCommands: Readonly<Record<GuestActionKey, (guests: readonly string[]) => string>> = {
  launch: all('launch'),
  shutdown: all('shutdown'),
  pause: each('pause'),
  resume: each('resume'),
  migrate: all('migrate'),
  memory: each('memory'),
  clear: each('clear'),
  'watch-on': each('watch on'),
  'watch-off': each('watch off'),
  unmanage: each('unmanage'),
}

export function shutdownCommand(guests: readonly string[], way: 'dependents' | 'force' | null): string {
  return `${guestCommands.shutdown(guests)}${way === null ? '' : ` --${way}`}`
}

/** `to` null: the best place. Without guests all are evened out. */
export function migrateCommand(guests: readonly string[] | null, to: string | null, cold: boolean): string {
  if (guests === null) return 'vigia rebalance'
  return `${guestCommands.migrate(guests)}${to === null ? '' : ` --to ${quoted(to)}`}${cold ? ' --cold' : ''}`
}

/** `mib` null: as the file says. */
export function memoryCommand(guests: readonly string[], mib: number | null): string {
  const said = mib === null ? '--reset' : `'${mib} MiB'`
  return guests.map((guest) => `vigia memory ${quoted(guest)} ${said}`).join(' && ')
}

export function maintenanceCommand(host: string, on: boolean, force: boolean): string {
  return `vigia maintenance ${quoted(host)} ${on ? 'on' : 'off'}${force ? ' --force' : ''}`
}

export function hostCommand(verb: 'fence' | 'swear-dead', host: string): string {
  return `vigia ${verb} ${quoted(host)}`
}

export function whatIfCommand(hosts: readonly string[]): string {
  return `vigia simulate --live --lose ${quoted(hosts.join(','))}`
}

/** As a shell needs it. */
export function quoted(name: string): string {
  return /^[\w@.:/,-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
}

function all(verb: string) {
  return (guests: readonly string[]): string => `vigia ${verb} ${guests.map(quoted).join(' ')}`
}

/** Commands that take one guest at a time. */
function each(verb: string) {
  return (guests: readonly string[]): string => guests.map((guest) => `vigia ${verb} ${quoted(guest)}`).join(' && ')
}
