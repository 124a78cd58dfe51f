import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ProcessMark } from './process-mark.ts'

/**
 * What one lab has made outside its own folder, so that it can be taken down by anyone, also after a crash or a reboot.
 * Rule: a namespace or a process is recorded before it can do anything; what is not recorded is never touched.
 */
export interface LabState {
  readonly version: 1
  readonly id: string
  readonly folder: string
  readonly namespaces: readonly string[]
  readonly processes: readonly ProcessMark[]
  readonly hosts: readonly HostRecord[]
  readonly guests: readonly GuestRecord[]
}

export interface HostRecord {
  readonly name: string
  readonly number: number
  readonly address: string
}

export interface GuestRecord {
  readonly name: string
  readonly address: string
}

const ID = /^[a-z0-9]{1,12}$/

/** Folder of a lab: `VIGIA_LAB` (default /var/tmp/vigia-lab) with the lab's id behind it. */
export function labFolder(id: string): string {
  if (!ID.test(id)) throw new Error(`lab id '${id}': expected 1 to 12 lower-case letters or digits`)
  return `${labPrefix()}-${id}`
}

/** Every namespace of a lab begins so; nothing else is ever deleted. */
export function namespacePrefix(id: string): string {
  return `vigia-${id}-`
}

/** Ids of all labs that left a state file on this machine. */
export function knownLabs(): string[] {
  const prefix = labPrefix()
  if (!existsSync(dirname(prefix))) return []
  return readdirSync(dirname(prefix))
    .filter((name) => name.startsWith(`${basename(prefix)}-`) && existsSync(join(dirname(prefix), name, 'state.json')))
    .map((name) => name.slice(basename(prefix).length + 1))
    .filter((id) => ID.test(id))
    .sort()
}

export function readState(folder: string): LabState | undefined {
  const file = join(folder, 'state.json')
  if (!existsSync(file)) return undefined
  const state = JSON.parse(readFileSync(file, 'utf8')) as LabState
  if (state.version !== 1) throw new Error(`${file}: made by another version of the lab`)
  return state
}

/** The state of a lab this process is running; every change is on disk before the call returns. */
export class StateFile {
  #state: LabState

  constructor(state: LabState) {
    this.#state = state
    mkdirSync(state.folder, { recursive: true })
    this.#write()
  }

  static create(id: string): StateFile {
    const folder = labFolder(id)
    return new StateFile({ version: 1, id, folder, namespaces: [], processes: [], hosts: [], guests: [] })
  }

  get state(): LabState {
    return this.#state
  }

  addNamespace(name: string): void {
    if (!name.startsWith(namespacePrefix(this.#state.id)))
      throw new Error(`namespace '${name}' is not of lab '${this.#state.id}'`)
    this.#change({ namespaces: [...this.#state.namespaces.filter((known) => known !== name), name] })
  }

  removeNamespace(name: string): void {
    this.#change({ namespaces: this.#state.namespaces.filter((known) => known !== name) })
  }

  addProcess(mark: ProcessMark): void {
    this.#change({ processes: [...this.#state.processes, mark] })
  }

  removeProcess(mark: ProcessMark): void {
    this.#change({ processes: this.#state.processes.filter((known) => known.pid !== mark.pid) })
  }

  addHost(host: HostRecord): void {
    this.#change({ hosts: [...this.#state.hosts.filter((known) => known.name !== host.name), host] })
  }

  addGuest(guest: GuestRecord): void {
    this.#change({ guests: [...this.#state.guests.filter((known) => known.name !== guest.name), guest] })
  }

  #change(change: Partial<LabState>): void {
    this.#state = { ...this.#state, ...change }
    this.#write()
  }

  #write(): void {
    const file = join(this.#state.folder, 'state.json')
    writeFileSync(`${file}.new`, `${JSON.stringify(this.#state, null, 2)}\n`)
    renameSync(`${file}.new`, file)
  }
}

function labPrefix(): string {
  return process.env.VIGIA_LAB ?? '/var/tmp/vigia-lab'
}
