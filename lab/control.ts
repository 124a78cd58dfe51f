import type { LabClient } from './client.ts'

export const CONTROL_PORT = 7700

/** How long a guest may take to obey; emulated guests on a busy machine are slow. */
const OBEY_LIMIT_MS = 30_000

/** `has`: all of it, after so long. `waits`: for so long now. `killed`: its kernel took it back after so long. */
export interface NeededMemory {
  readonly state: 'none' | 'waits' | 'has' | 'killed'
  readonly seconds: number
  readonly kills: number
}

/** Tells a guest what to do to itself, through its control service. Services are named as in the cluster file: `22/tcp`. */
export class GuestControl {
  readonly #client: LabClient
  readonly #address: string

  constructor(client: LabClient, address: string) {
    this.#client = client
    this.#address = address
  }

  /** Connects are refused, datagrams get "port unreachable". */
  close(service: string): Promise<string> {
    return this.send(`close ${service}`)
  }

  open(service: string): Promise<string> {
    return this.send(`open ${service}`)
  }

  /** Connects succeed, nothing is ever answered. */
  hang(service: string): Promise<string> {
    return this.send(`hang ${service}`)
  }

  /** Not even a SYN is answered. */
  silence(service: string): Promise<string> {
    return this.send(`silent ${service}`)
  }

  /** A kernel panic. */
  crash(): Promise<string> {
    return this.send('crash')
  }

  /** Powered off from inside, on purpose. */
  powerOff(): Promise<string> {
    return this.send('poweroff')
  }

  reboot(): Promise<string> {
    return this.send('reboot')
  }

  busy(seconds: number): Promise<string> {
    return this.send(`busy ${seconds}`)
  }

  /** Uses that much memory until told otherwise. */
  hold(mib: number): Promise<string> {
    return this.send(`hold ${mib}`)
  }

  /** Takes so much memory, and needs it until something else is said; as fast as it comes, or so many MiB a second. 0: none. */
  need(mib: number, mibPerSecond = 0): Promise<string> {
    return this.send(`need ${mib} ${mibPerSecond}`)
  }

  /** What came of it, measured inside the guest, and how many processes its kernel has killed for want of memory. */
  async needed(): Promise<NeededMemory> {
    const words = (await this.send('needed')).split(' ')
    const [state = '', ...rest] = words.slice(0, words.indexOf('kills'))
    return { state: state as NeededMemory['state'], seconds: Number(rest.at(-1) ?? 0), kills: Number(words.at(-1)) }
  }

  stubborn(wanted: boolean): Promise<string> {
    return this.send(`stubborn ${wanted ? 'on' : 'off'}`)
  }

  /** Every service with its state. */
  async status(): Promise<Record<string, string>> {
    const words = (await this.send('status')).split(' ').filter((word) => word.includes('='))
    return Object.fromEntries(words.map((word) => word.split('=') as [string, string]))
  }

  /** Sends one command; returns what follows `ok`. */
  async send(command: string): Promise<string> {
    const { verdict, line } = await this.#client.line(this.#address, CONTROL_PORT, command, OBEY_LIMIT_MS)
    if (!line.startsWith('ok')) throw new Error(`guest at ${this.#address}, '${command}': ${line || verdict}`)
    return line.slice('ok'.length).trim()
  }
}
