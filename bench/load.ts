import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { LabClient } from '../lab/client.ts'
import { sleep } from '../lab/run.ts'

export const HTTP_PORT = 80

/** One page: what a guest under emulation sends in a few milliseconds. */
const PAGE = '/bytes/65536'

/** A slow answer is no error here: the machine is overloaded on purpose. */
const PAGE_LIMIT_MS = 10_000

/** A guest that is down refuses at once. */
const AFTER_FAILURE_MS = 100

/** Ends when its standard input does, so with this process however that ends. */
const BUSY = 'while ! read -t 0; do for ((i = 0; i < 100000; i++)); do :; done; done'

/** What keeps the machine busy: a loop on each core, and pages fetched without a pause. */
export class Load {
  readonly #client: LabClient
  readonly #loops: ChildProcess[] = []
  #fetching: Promise<void>[] = []
  #stopped = false
  pages = 0
  failed = 0

  constructor(client: LabClient) {
    this.#client = client
  }

  /** Guests at these addresses serve `80/http`. */
  start(addresses: readonly string[], loops = availableParallelism()): void {
    const inside = [`--net=/run/netns/${this.#client.namespace}`, '--', 'bash', '-c', BUSY]
    for (let core = 0; core < loops; core++) {
      this.#loops.push(spawn('nsenter', inside, { stdio: ['pipe', 'ignore', 'ignore'] }))
    }
    // Its asker may end before it does, where all is taken down at once.
    this.#fetching = addresses.map((address) => this.#fetch(address).catch(() => void this.failed++))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const loop of this.#loops) loop.kill('SIGKILL')
    await Promise.all(this.#fetching)
  }

  async #fetch(address: string): Promise<void> {
    while (!this.#stopped) {
      const { status } = await this.#client.http(address, HTTP_PORT, PAGE, PAGE_LIMIT_MS)
      if (status === 200) this.pages++
      else {
        this.failed++
        await sleep(AFTER_FAILURE_MS)
      }
    }
  }
}
