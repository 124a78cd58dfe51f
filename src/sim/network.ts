import type { ProbeTarget } from '../ports/prober.ts'
import type { Answers } from './fakes/fake-prober.ts'
import type { Answer } from './machine.ts'
import type { MachineRoom } from './machine-room.ts'

/** Who answers what: the machines of all hosts, and services outside. */
export class Network implements Answers {
  readonly #rooms: MachineRoom[] = []
  /** Services outside the cluster file, as `address:port/protocol`, that answer now. */
  readonly #outside = new Map<string, boolean>()
  readonly #watchers = new Set<() => void>()

  addRoom(room: MachineRoom): void {
    this.#rooms.push(room)
  }

  setOutside(text: string, answers: boolean): void {
    this.#outside.set(text, answers)
    this.changed()
  }

  outsideAnswers(text: string): boolean {
    return this.#outside.get(text) ?? false
  }

  answer(target: ProbeTarget): Answer {
    const key = `${target.port}/${target.protocol}`
    const outside = this.#outside.get(`${target.address}:${key}`)
    if (outside !== undefined) return outside ? 'answers' : target.protocol === 'udp' ? 'silent' : 'refuses'
    if (target.probe.kind === 'agent') return this.#agentAnswers(target.domain) ? 'answers' : 'silent'
    for (const room of this.#rooms) {
      const machine = room.byAddress(target.address)
      if (machine?.up) return machine.answer(key)
    }
    return 'silent'
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #agentAnswers(domain: string | null): boolean {
    return domain !== null && this.#rooms.some((room) => room.get(domain)?.serving)
  }
}
