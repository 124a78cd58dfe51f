import type { GuestSummary, StatusView } from '../../src/contract/status.ts'

/** A guest that is well, and what a test says otherwise. */
export function guest(id: string, more: Partial<GuestSummary> = {}): GuestSummary {
  return {
    id,
    state: 'running',
    phase: { kind: 'ready' },
    run: 'running',
    host: 'h1',
    because: { code: 'services-answer' },
    needs: [],
    services: [],
    memory: { givenMib: 512, usedMib: 200, maxMib: 1024, wishedMib: null },
    address: null,
    since: null,
    retryInMs: null,
    wave: 1,
    tags: [],
    wish: 'running',
    watch: true,
    pausedByHand: false,
    startAtBoot: true,
    priority: 0,
    commanded: false,
    tries: 0,
    expectedMs: null,
    ...more,
  }
}

export function need(text: string, state: GuestSummary['needs'][number]['state'] = 'answers', onLoss = 'pause') {
  const [name = ''] = text.split(':')
  return { text, guest: /^\d/.test(name) ? null : name, onLoss, state }
}

export function status(guests: readonly GuestSummary[], more: Partial<StatusView> = {}): StatusView {
  return { schemaVersion: 1, version: '0.0.0-test', at: 0, cluster: 'office', hosts: [], guests, ...more }
}
