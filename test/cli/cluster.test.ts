import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterPowers, MemberLine } from '../../src/cli/context.ts'
import { Fault } from '../../src/model/fault.ts'
import { hostId } from '../../src/model/ids.ts'
import { type } from './terminal.ts'

const lines: MemberLine[] = [
  {
    ...{ id: hostId('alfa'), kind: 'host', addresses: ['192.0.2.1:7443'] },
    ...{ renews: true, leads: true, watchdogMs: 5_000, self: true },
  },
  {
    ...{ id: hostId('beta'), kind: 'witness', addresses: ['192.0.2.2:7443'] },
    ...{ renews: false, leads: false, watchdogMs: null, self: false },
  },
]

function typed() {
  const asked: unknown[] = []
  const cluster: ClusterPowers = {
    found: async (...all) => {
      asked.push(['found', ...all])
      return hostId('alfa')
    },
    token: async (...all) => {
      asked.push(['token', ...all])
      return 'vigia1.abc.def'
    },
    join: async (...all) => {
      asked.push(['join', ...all])
      return { member: hostId('beta'), cluster: 'office' }
    },
    leave: async (...all) => {
      asked.push(['leave', ...all])
      if (all[0] === 'gamma') throw new Fault('refused', 'not-done', { why: 'guests-here', guests: ['web', 'db'] })
      return hostId(all[0] ?? 'alfa')
    },
    backup: async (path) => {
      asked.push(['backup', path])
      return path
    },
    restore: async (...all) => {
      asked.push(['restore', ...all])
    },
    restoredExternally: async (alone) => {
      asked.push(['restored-externally', alone])
    },
    rotateAuthority: async () => {
      asked.push(['rotate'])
      return { next: 'abc', begun: true }
    },
    authorityProgress: async (next) => {
      asked.push(['progress', next])
      return asked.length > 3 ? null : [{ member: hostId('alfa'), stage: 'renewed' }]
    },
    standDown: async () => {
      asked.push(['stand-down'])
      return hostId('alfa')
    },
    forget: async () => {
      asked.push(['forget'])
      return hostId('alfa')
    },
    members: async () => lines,
  }
  return { asked, options: { powers: { cluster: async () => cluster } } }
}

const nothing = { address: [], libvirtUri: null, endpoints: [] }

test('init needs a name and an address; an etcd that is there may be named, with its files', async () => {
  const { asked, options } = typed()
  for (const line of ['cluster init', 'cluster init --name office', 'cluster init --address 192.0.2.1']) {
    assert.equal((await type(line, options)).exitCode, 64, line)
  }
  const { exitCode, out } = await type('cluster init --name office --address 192.0.2.1,10.0.0.1', options)
  assert.equal(exitCode, 0)
  assert.equal(
    out,
    'alfa is the first member of the cluster office\nIt takes effect when vigiad starts: systemctl restart vigiad\n',
  )
  const files = '--etcd-ca ca.pem --etcd-cert own.pem --etcd-key own.key'
  await type(`cluster init --name office --address h:8000 --etcd https://a:2379,https://b:2379 ${files}`, options)
  const endpoints = ['https://a:2379', 'https://b:2379']
  const tls = { authority: 'ca.pem', certificate: 'own.pem', key: 'own.key' }
  assert.deepEqual(asked, [
    ['found', 'office', { ...nothing, address: ['192.0.2.1', '10.0.0.1'] }, null],
    ['found', 'office', { ...nothing, address: ['h:8000'], endpoints }, tls],
  ])
})

test('token prints the token alone, so that it can be taken on; how to use it is a message', async () => {
  const { asked, options } = typed()
  const { out, err } = await type('cluster token --witness', options)
  assert.equal(out, 'vigia1.abc.def\n')
  assert.match(err, /vigia cluster join TOKEN/)
  await type('cluster token --replaces gamma', options)
  assert.deepEqual(asked, [
    ['token', 'witness', null],
    ['token', 'host', 'gamma'],
  ])
})

test('join takes the token; without one it says what is missing', async () => {
  const { asked, options } = typed()
  assert.equal((await type('cluster join', options)).exitCode, 64)
  const { out } = await type('cluster join vigia1.abc.def', { ...options, language: 'pt_BR.UTF-8' })
  assert.match(out, /^beta é membro do cluster office\n/)
  assert.deepEqual(asked, [['join', 'vigia1.abc.def', nothing]])
})

/** A cluster that refuses so often before it takes the host in. */
function refusing(fault: Fault, times: number) {
  let tries = 0
  const cluster = {
    join: async () => {
      if (++tries <= times) throw fault
      return { member: hostId('beta'), cluster: 'office' }
    },
  } as unknown as ClusterPowers
  return { tries: () => tries, options: { powers: { cluster: async () => cluster } } }
}

test('join waits for a majority that is not there yet, and says so once; what time does not mend is refused at once', async () => {
  for (const fault of [
    new Fault('no-quorum', 'not-done', { text: '1 / 2' }),
    new Fault('store-busy', 'not-done', { text: 'etcdserver: too many learner members in cluster' }),
  ]) {
    const { tries, options } = refusing(fault, 2)
    const { exitCode, err } = await type('cluster join vigia1.abc.def', options)
    assert.deepEqual([exitCode, tries()], [0, 3])
    assert.equal(err, 'no majority of the members renews yet; waiting for one, 45 s at most\n')
  }
  for (const fault of [
    new Fault('no-quorum', 'not-done', { why: 'majority-lost', member: 'beta' }),
    new Fault('token-refused', 'not-done', { text: 'expired' }),
  ]) {
    const { tries, options } = refusing(fault, 2)
    assert.notEqual((await type('cluster join vigia1.abc.def', options)).exitCode, 0)
    assert.equal(tries(), 1)
  }
})

test('join waits no longer than it says', async () => {
  const { tries, options } = refusing(new Fault('no-quorum', 'not-done', { text: '1 / 2' }), Number.POSITIVE_INFINITY)
  let now = 0
  const { exitCode } = await type('cluster join vigia1.abc.def', { ...options, now: () => (now += 23_000) })
  assert.deepEqual([exitCode, tries()], [106, 2])
})

test('leave asks first, and says which guests are in the way', async () => {
  const { asked, options } = typed()
  assert.equal((await type('cluster leave', { ...options, answer: 'no' })).exitCode, 1)
  assert.equal((await type('cluster leave', { ...options, answer: null })).exitCode, 64)
  assert.deepEqual(asked, [])
  assert.equal((await type('cluster leave', { ...options, answer: 'y' })).exitCode, 0)
  const gone = await type('cluster leave beta --replaced --yes', options)
  assert.equal(gone.out, 'beta is no member any more\n')
  const refused = await type('cluster leave gamma --yes', options)
  assert.equal(refused.exitCode, 1)
  assert.match(refused.err, /guests belong to this host: web and db/)
  assert.deepEqual(asked.slice(0, 2), [
    ['leave', null, false],
    ['leave', 'beta', true],
  ])
})

test('members tells who renews, and its exit code whether all do', async () => {
  const { options } = typed()
  const { exitCode, out } = await type('cluster members', options)
  assert.equal(exitCode, 1)
  assert.equal(
    out,
    `${[
      'MEMBER  KIND     STATE   WATCHDOG  ADDRESSES',
      'alfa *  host     leads   5 s       192.0.2.1:7443',
      'beta    witness  silent  -         192.0.2.2:7443',
    ].join('\n')}\n`,
  )
  const json = JSON.parse((await type('cluster members -o json', options)).out) as { members: unknown }
  assert.deepEqual(json.members, lines)
})

test('an action that there is not, and one word too many', async () => {
  const { options } = typed()
  assert.match(
    (await type('cluster found', options)).err,
    /expected init, token, join, leave, members, backup, restore, stand-down, rotate-ca, got "found"/,
  )
  assert.equal((await type('cluster members alfa', options)).exitCode, 64)
})

test('what gives up a store asks first, and says what comes next', async () => {
  const { asked, options } = typed()
  for (const line of [
    'cluster restore a.snapshot',
    'cluster restore --alone',
    'cluster restore --external',
    'cluster stand-down',
    'cluster leave --forget',
  ]) {
    assert.equal((await type(line, options)).exitCode, 64, `${line} without anybody to ask`)
    assert.equal((await type(line, { ...options, answer: 'n' })).exitCode, 1, line)
  }
  assert.deepEqual(asked, [])
  assert.equal((await type('cluster restore --yes', options)).exitCode, 64, 'from nothing')
  assert.equal((await type('cluster backup', options)).exitCode, 64)
  const restored = await type('cluster restore a.snapshot --yes', options)
  assert.match(restored.out, /until every host that was a member has been looked at/)
  const alone = await type('cluster restore --alone', { ...options, answer: 'y' })
  assert.match(alone.out, /members no more/)
  assert.doesNotMatch(alone.out, /looked at/)
  assert.equal((await type('cluster restore a.snapshot --external --yes', options)).exitCode, 64, 'from two places')
  assert.match((await type('cluster restore --external --yes', options)).out, /on every host, systemctl start vigiad/)
  await type('cluster stand-down --yes', options)
  await type('cluster leave --forget --yes', options)
  await type('cluster leave beta --forget --yes', options)
  assert.equal((await type('cluster backup b.snapshot', options)).out, 'the store is saved in b.snapshot\n')
  assert.deepEqual(asked, [
    ['restore', 'a.snapshot', false],
    ['restore', null, true],
    ['restored-externally', false],
    ['stand-down'],
    ['forget'],
    ['leave', 'beta', false],
    ['backup', 'b.snapshot'],
  ])
})

test('the authority is made anew by the daemons; the command begins it and tells how far they are', async () => {
  const { asked, options } = typed()
  assert.equal((await type('cluster rotate-ca', options)).exitCode, 64, 'without anybody to ask')
  const followed = await type('cluster rotate-ca --yes', options)
  assert.equal(followed.out, 'the cluster has a new authority; nothing of the old one opens anything\n')
  assert.match(followed.err, /alfa: shows a certificate of the new authority/)
  assert.deepEqual(asked.slice(0, 2), [['rotate'], ['progress', 'abc']])
  asked.length = 0
  assert.match((await type('cluster rotate-ca --yes --no-wait', options)).out, /goes on without this command/)
  assert.deepEqual(asked, [['rotate']])
})
