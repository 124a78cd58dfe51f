import { connect, createServer, type Server, type Socket } from 'node:net'

/** A wire to one member that can be cut, or go silent while it stays connected. */
export class WireBetween {
  readonly #target: URL
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  readonly #server: Server
  #silent = false

  constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((client) => this.#join(client))
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return `http://127.0.0.1:${address.port}`
  }

  get connections(): number {
    return this.#pairs.size
  }

  /** Every connection is reset. New ones are taken. */
  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy()
      server.destroy()
    }
  }

  /** Nothing passes any more in either direction, on old and new connections; nobody is told. */
  silence(): void {
    this.#silent = true
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname)
    const pair = [client, server] as const
    this.#pairs.add(pair)
    const end = (): void => {
      this.#pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    // A cut wire tells nobody why.
    for (const socket of pair) socket.on('error', () => {}).on('close', end)
    client.on('data', (chunk) => server.write(chunk))
    server.on('data', (chunk) => client.write(chunk))
    if (this.#silent) for (const socket of pair) socket.pause()
  }
}
