import { parentPort, Worker } from 'node:worker_threads'
import { type SimulationResult, simulate } from '../../src/sim/simulate.ts'
import { failureText, playSeed } from '../../src/sim/swarm.ts'

/** A story of the simulator to be played, or a seed of the swarm. */
export type Play =
  | { readonly kind: 'scenario'; readonly text: string; readonly path: string; readonly seed: number }
  | { readonly kind: 'seed'; readonly seed: number }

/** Plays on a thread of its own: the test runner follows every promise of its thread, which makes a simulation cost twice as much. */
export class Player {
  readonly #worker = new Worker(import.meta.filename)

  /** Null: it held; else the story. */
  play(play: Play): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.#worker.once('error', reject)
      this.#worker.once('message', (story: string | null) => {
        this.#worker.off('error', reject)
        resolve(story)
      })
      this.#worker.postMessage(play)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

async function told(play: Play): Promise<string | null> {
  if (play.kind === 'seed') {
    const failure = await playSeed(play.seed)
    return failure === null ? null : failureText(failure)
  }
  const { text, path, seed } = play
  const result = await simulate(text, { path, seed })
  return result.held ? null : `seed ${seed}\n${storyIn(result)}`
}

function storyIn(result: SimulationResult): string {
  const events = result.events.map(
    ({ at, actor, word, guest, because }) => `${at} ${actor} ${word} ${guest ?? ''} ${because?.code ?? ''}`,
  )
  return [...result.broken.map(({ rule, at, text }) => `BROKEN ${at} ${rule}: ${text}`), ...events].join('\n')
}

parentPort?.on('message', (play: Play) => {
  void told(play).then((story) => parentPort!.postMessage(story))
})
