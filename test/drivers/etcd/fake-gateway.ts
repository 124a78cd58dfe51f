import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Json } from '../../../src/drivers/etcd/wire.ts'

export interface Asked {
  readonly path: string
  readonly body: Json
  readonly token: string | undefined
}

/** Answers one request, well or badly. `count`: how many came before it. */
export type Answering = (answer: ServerResponse, asked: Asked, count: number) => void | Promise<void>

/** A member's gateway that answers as the test says. */
export class FakeGateway {
  readonly asked: Asked[] = []
  url = ''
  answering: Answering
  readonly #server: Server

  constructor(answering: Answering) {
    this.answering = answering
    this.#server = createServer((request, answer) => void this.#take(request, answer))
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    this.url = `http://127.0.0.1:${address.port}`
    return this
  }

  paths(): string[] {
    return this.asked.map(({ path }) => path)
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += chunk
    const asked = { path: request.url ?? '', body: JSON.parse(text) as Json, token: request.headers.authorization }
    const count = this.asked.length
    this.asked.push(asked)
    await this.answering(answer, asked, count)
  }
}

/** Opens gateways that answer so, and closes them after the test. */
export async function gateways(
  t: { after(close: () => void): void },
  ...answering: Answering[]
): Promise<FakeGateway[]> {
  const opened = await Promise.all(answering.map((answers) => new FakeGateway(answers).open()))
  t.after(() => {
    for (const gateway of opened) gateway.close()
  })
  return opened
}

export const header = (revision: number, cluster = '1') => ({ cluster_id: cluster, revision: String(revision) })

export const say = (answer: ServerResponse, body: object, status = 200): void => {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** etcd's own refusal. */
export const refuse = (answer: ServerResponse, status: number, message: string): void => {
  say(answer, { error: message, message, code: 1 }, status)
}

/** Ways not to answer. */
export const misbehaviours: Readonly<Record<string, Answering>> = {
  'drops the connection': (answer) => void answer.destroy(),
  'answers half': (answer) => {
    answer.writeHead(200, { 'content-length': 1_000 })
    answer.write('{"header":{"cluster_id":"1"', () => setTimeout(() => answer.destroy(), 10))
  },
  'stops in the middle of its answer': (answer) => {
    answer.writeHead(200, { 'content-length': 1_000 })
    answer.write('{"header":')
  },
  'sends garbage': (answer) => void answer.writeHead(200).end('<html>ok</html>'),
  'sends JSON that is no answer': (answer) => say(answer, { hello: [] }),
  'is a proxy without a backend': (answer) => void answer.writeHead(503).end('<html>503</html>'),
  'says nothing': () => {},
}
