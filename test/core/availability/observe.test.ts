import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { observe } from '../../../src/core/availability/observe.ts'
import type { Timeline } from '../../../src/core/availability/timeline.ts'
import { guestId, hostId, serviceKey } from '../../../src/model/ids.ts'
import type { Reason } from '../../../src/model/reason.ts'
import { events, type Line } from './histories.ts'
import { secondsOf } from './oracle.ts'

const [web, http] = [guestId('web'), serviceKey('80/tcp')]
const wished: Reason = { code: 'wish-stopped' }
const lost = (guest: string): Reason => ({
  code: 'needs-lost',
  needs: [{ text: guest, guest: guestId(guest), state: 'refused' }],
})

function told(timeline: Timeline | undefined): string {
  return (timeline ?? [])
    .map(({ fromMs, untilMs, condition, cause }) => `${fromMs / 1000}-${untilMs / 1000} ${cause ?? condition}`)
    .join(', ')
}

interface Story {
  readonly name: string
  readonly lines: readonly Line[]
  readonly web?: string
  readonly http?: string
  readonly host?: string
}

const boot: readonly Line[] = [
  [0, 'daemon-started', 'h1'],
  [1, 'start', 'web'],
  [10, 'answers', 'web:80/tcp'],
  [10, 'ready', 'web'],
]

const stories: readonly Story[] = [
  {
    name: 'a first launch is planned until it answers; a service that is lost is down until it answers',
    lines: [
      ...boot,
      [20, 'lost', 'web:80/tcp'],
      [20, 'silent', 'web'],
      [35, 'answers', 'web:80/tcp'],
      [35, 'ready', 'web'],
    ],
    web: '1-10 launch, 10-20 up, 20-35 service-lost, 35-100 up',
    http: '10-20 up, 20-35 service-lost, 35-100 up',
  },
  {
    name: 'a crash is down until it is ready again, however often it is started',
    lines: [
      ...boot,
      [20, 'crashed', 'web'],
      [21, 'start', 'web'],
      [30, 'crashed', 'web'],
      [31, 'start', 'web'],
      [40, 'ready', 'web'],
    ],
    web: '1-10 launch, 10-20 up, 20-40 crashed, 40-100 up',
    http: '10-20 up, 20-40 crashed, 40-100 up',
  },
  {
    name: 'a wished shutdown is planned, and so is what the service says meanwhile',
    lines: [
      ...boot,
      [20, 'stop', 'web', { because: wished }],
      [21, 'lost', 'web:80/tcp'],
      [25, 'stopped', 'web', { because: wished }],
      [50, 'start', 'web'],
      [60, 'ready', 'web'],
    ],
    web: '1-10 launch, 10-20 up, 20-60 shutdown, 60-100 up',
    http: '10-20 up, 20-60 shutdown, 60-100 up',
  },
  {
    name: 'a guest that does not come up after a wished shutdown has failed',
    lines: [...boot, [20, 'stop', 'web', { because: wished }], [50, 'start', 'web'], [60, 'failed', 'web']],
    web: '1-10 launch, 10-20 up, 20-60 shutdown, 60-100 start-failed',
  },
  {
    name: 'O1: a daemon that ends takes what was up with it; it is up again when it answers, a guest when it was looked at',
    lines: [
      ...boot,
      [20, 'daemon-stopped', 'h1'],
      [30, 'daemon-started', 'h1'],
      [31, 'looked', 'h1'],
      [32, 'answers', 'web:80/tcp'],
    ],
    web: '1-10 launch, 10-20 up, 20-31 daemon-down, 31-100 up',
    http: '10-20 up, 20-32 daemon-down, 32-100 up',
    host: '0-20 up, 20-30 daemon-down, 30-100 up',
  },
  {
    name: 'O1: what was down before the daemon ended is down afterwards',
    lines: [
      ...boot,
      [20, 'lost', 'web:80/tcp'],
      [25, 'daemon-killed', 'h1'],
      [30, 'daemon-started', 'h1'],
      [50, 'answers', 'web:80/tcp'],
    ],
    http: '10-20 up, 20-25 service-lost, 25-30 daemon-down, 30-50 service-lost, 50-100 up',
  },
  {
    name: 'O1: a daemon that came back and never heard the service does not say that it is up',
    lines: [...boot, [20, 'daemon-killed', 'h1'], [30, 'daemon-started', 'h1'], [31, 'looked', 'h1']],
    http: '10-20 up, 20-100 daemon-down',
  },
  {
    name: 'O2: a host that lost its power is down since the last renewal the others saw, not since its own last sign',
    lines: [
      ...boot,
      [20, 'power-lost', 'h1'],
      [45, 'power-lost', 'h1', { actor: 'leader' }],
      [55, 'waiting', 'web', { because: { code: 'host-silent', host: hostId('h1'), lacks: 'lease-not-over' } }],
      [60, 'recover', 'web', { host: 'h2' }],
      [70, 'answers', 'web:80/tcp', { host: 'h2' }],
      [70, 'ready', 'web', { host: 'h2' }],
      [90, 'daemon-started', 'h1'],
    ],
    web: '1-10 launch, 10-45 up, 45-70 host-lost, 70-100 up',
    http: '10-45 up, 45-70 host-lost, 70-100 up',
    host: '0-45 up, 45-90 power-lost, 90-100 up',
  },
  {
    name: 'a host that fell silent, and was never heard again nor proven dead, is not observed',
    lines: [
      ...boot,
      [55, 'waiting', 'web', { because: { code: 'host-silent', host: hostId('h1'), lacks: 'disarmed' } }],
    ],
    web: '1-10 launch, 10-55 up, 55-100 daemon-down',
    http: '10-55 up, 55-100 daemon-down',
    host: '0-55 up, 55-100 daemon-down',
  },
  {
    name: 'a host that was cut off and is heard again was watched all the time by its own daemon',
    lines: [
      ...boot,
      [55, 'waiting', 'web', { because: { code: 'host-silent', host: hostId('h1'), lacks: 'disarmed' } }],
      [60, 'lost', 'web:80/tcp'],
      [65, 'answers', 'web:80/tcp'],
    ],
    http: '10-60 up, 60-65 service-lost, 65-100 up',
  },
  {
    name: 'O3: a host that is shut down is planned with its guests',
    lines: [
      ...boot,
      [20, 'daemon-stopped', 'h1'],
      [20, 'host-shut-down', 'h1'],
      [50, 'daemon-started', 'h1'],
      [51, 'start', 'web'],
      [60, 'ready', 'web'],
    ],
    web: '1-10 launch, 10-20 up, 20-60 host-shutdown, 60-100 up',
    host: '0-20 up, 20-50 host-shutdown, 50-100 up',
  },
  {
    name: 'a live move is no downtime, a cold one is planned; one for the sake of a failure is none',
    lines: [
      ...boot,
      [20, 'migrate', 'web', { because: { code: 'moving', to: hostId('h2'), how: 'live', cause: 'operator' } }],
      [25, 'moved', 'web', { host: 'h2' }],
      [26, 'answers', 'web:80/tcp', { host: 'h2' }],
      [
        40,
        'migrate',
        'web',
        { host: 'h2', because: { code: 'moving', to: hostId('h1'), how: 'cold', cause: 'operator' } },
      ],
      [50, 'ready', 'web'],
      [60, 'crashed', 'web'],
      [61, 'migrate', 'web', { because: { code: 'moving', to: hostId('h2'), how: 'cold', cause: 'start-failed' } }],
      [70, 'ready', 'web', { host: 'h2' }],
    ],
    web: '1-10 launch, 10-40 up, 40-50 move, 50-60 up, 60-70 crashed, 70-100 up',
  },
  {
    name: 'a guest that is paused for a need is down; where the need is down on purpose, so is it',
    lines: [
      ...boot,
      [20, 'pause', 'web', { because: lost('db') }],
      [30, 'ready', 'web'],
      [40, 'ready', 'db'],
      [50, 'stop', 'db', { because: wished }],
      [51, 'pause', 'web', { because: lost('db') }],
    ],
    web: '1-10 launch, 10-20 up, 20-30 need-lost, 30-51 up, 51-100 need-planned',
  },
  {
    name: 'O3: while watching is off, what fails is work',
    lines: [
      ...boot,
      [20, 'ignored', 'web', { because: { code: 'watch-off' } }],
      [25, 'lost', 'web:80/tcp'],
      [35, 'answers', 'web:80/tcp'],
      [40, 'ready', 'web'],
    ],
    web: '1-10 launch, 10-20 up, 20-40 ignored, 40-100 up',
    http: '10-25 up, 25-35 watch-off, 35-100 up',
  },
  {
    name: 'a hypervisor that does not answer says nothing of guests; their services go on being asked',
    lines: [...boot, [20, 'hypervisor-lost', 'h1'], [30, 'hypervisor-back', 'h1']],
    web: '1-10 launch, 10-20 up, 20-30 hypervisor-lost, 30-100 up',
    http: '10-100 up',
    host: '0-20 up, 20-30 hypervisor-lost, 30-100 up',
  },
]

for (const story of stories) {
  test(story.name, () => {
    const observed = observe(events(story.lines), 100_000)
    if (story.web !== undefined) assert.equal(told(observed.guests.get(web)), story.web)
    if (story.http !== undefined) assert.equal(told(observed.services.get(web)?.get(http)), story.http)
    if (story.host !== undefined) assert.equal(told(observed.hosts.get(hostId('h1'))), story.host)
  })
}

test('copies that arrive late, in any order, tell the same', () => {
  const all = events(stories.find(({ name }) => name.startsWith('O2'))!.lines)
  const seen = told(observe(all, 100_000).guests.get(web))
  fc.assert(
    fc.property(fc.shuffledSubarray([...all.keys()], { minLength: all.length }), (order) => {
      const arrived = order.map((place) => all[place]!)
      assert.equal(told(observe(arrived, 100_000).guests.get(web)), seen)
    }),
    { numRuns: 100 },
  )
})

/** A second-by-second reading of the rules, for one guest with one service on one host: a letter now, and one to go back to. */
function stepByStep(lines: readonly Line[], lengthS: number): { guest: string; service: string } {
  let [guest, service, guestBefore, serviceBefore] = ['n', 'n', '', '']
  let [known, heard, booting] = [false, false, false]
  const written = { guest: '', service: '' }
  for (let second = 0; second < lengthS; second++) {
    for (const [at, word, , more] of lines) {
      if (at !== second) continue
      const each = (change: (letter: string) => string): void => {
        const [nextGuest, nextService] = [change(guest), change(service)]
        if (nextGuest !== guest) [guest, guestBefore, known] = [nextGuest, '', true]
        if (heard && nextService !== service) [service, serviceBefore] = [nextService, '']
      }
      if (word === 'answers') [service, serviceBefore, heard] = ['u', '', true]
      if (word === 'lost') {
        if (service !== 'd' && service !== 'p') [service, serviceBefore] = ['d', '']
        heard = true
      }
      if (word === 'ready') {
        each(() => 'u')
        booting = false
      }
      if (word === 'start') {
        booting = true
        each((letter) => (letter === 'n' ? 'p' : letter))
      }
      if (word === 'crashed') each((letter) => (letter === 'p' && !booting ? 'p' : 'd'))
      if (word === 'stop') {
        booting = false
        each((letter) => (more?.because?.code === 'wish-stopped' ? 'p' : letter === 'p' ? 'p' : 'd'))
      }
      if (word === 'daemon-stopped') {
        if (known) [guestBefore, guest] = [guestBefore || guest, 'n']
        if (heard) [serviceBefore, service] = [serviceBefore || service, 'n']
      }
      if (word === 'daemon-started' || word === 'looked') {
        const back = (before: string, all: boolean): boolean => before !== '' && (all || before !== 'u')
        if (back(guestBefore, word === 'looked')) [guest, guestBefore] = [guestBefore, '']
        if (back(serviceBefore, false)) [service, serviceBefore] = [serviceBefore, '']
      }
      if (word === 'power-lost') {
        const was = (letter: string, before: string): string => ((before || letter) === 'p' ? 'p' : 'd')
        if (known) [guest, guestBefore] = [was(guest, guestBefore), '']
        if (heard) [service, serviceBefore] = [was(service, serviceBefore), '']
      }
    }
    written.guest += guest
    written.service += service
  }
  return written
}

test('1 000 random histories are read as somebody reads them second by second', () => {
  const line = fc.constantFrom<(at: number) => Line>(
    (at) => [at, 'answers', 'web:80/tcp'],
    (at) => [at, 'lost', 'web:80/tcp'],
    (at) => [at, 'ready', 'web'],
    (at) => [at, 'start', 'web'],
    (at) => [at, 'crashed', 'web'],
    (at) => [at, 'stop', 'web', { because: wished }],
    (at) => [at, 'stop', 'web', { because: { code: 'stopped-with-need', needs: ['db'] } }],
    (at) => [at, 'daemon-stopped', 'h1'],
    (at) => [at, 'daemon-started', 'h1'],
    (at) => [at, 'looked', 'h1'],
    (at) => [at, 'power-lost', 'h1'],
  )
  const history = fc.array(fc.tuple(line, fc.integer({ min: 1, max: 40 })), { maxLength: 40 }).map((steps) => {
    // The leader names the host first: a host's own words are about guests that are known to be there.
    const lines: Line[] = [
      [0, 'waiting', 'web', { because: { code: 'host-silent', host: hostId('h9'), lacks: 'disarmed' } }],
    ]
    let at = 0
    for (const [make, seconds] of steps) {
      at += seconds
      lines.push(make(at))
    }
    return lines
  })
  fc.assert(
    fc.property(history, (lines) => {
      const observed = observe(events(lines), 2_000_000)
      const expected = stepByStep(lines, 2000)
      assert.equal(secondsOf(observed.guests.get(web) ?? [], 0, 2000).join(''), expected.guest)
      assert.equal(secondsOf(observed.services.get(web)?.get(http) ?? [], 0, 2000).join(''), expected.service)
    }),
    { numRuns: 1000 },
  )
})
