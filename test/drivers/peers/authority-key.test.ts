import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askAuthorityKey, authorityKeyRoute } from '../../../src/drivers/peers/authority-key.ts'
import { hostId } from '../../../src/model/ids.ts'
import { refused } from '../ca/parts.ts'

const [host, witness, gone] = [hostId('alfa'), hostId('third'), hostId('gone')]
const route = authorityKeyRoute({
  standingOf: (member, hash) =>
    member !== gone && hash === 'its own' ? 'known' : member === gone ? 'unseen' : 'foreign',
  kindOf: (member) => (member === witness ? 'witness' : 'host'),
  keyOf: async (next) => (next === 'new' ? 'the key' : null),
})
const ask = async (member: typeof host, keyHash: string, next = 'new') =>
  askAuthorityKey(
    { request: async (_to, _path, body) => route.answer(body, { member, keyHash, validity: 'valid' }) },
    host,
    next,
  )

test('the key goes to hosts whose own key is the recorded one, and to nobody else', async () => {
  assert.equal(await ask(host, 'its own'), 'the key')
  assert.equal(await ask(host, 'its own', 'another'), null)
  for (const [member, hash] of [
    [host, 'minted'],
    [witness, 'its own'],
    [gone, 'its own'],
  ] as const) {
    await assert.rejects(ask(member, hash), refused('certificate-refused'))
  }
  await assert.rejects(async () => route.answer('{"next":"new"}', null), refused('certificate-refused'))
  await assert.rejects(
    async () => route.answer('{', { member: host, keyHash: 'its own', validity: 'valid' }),
    refused('bad-data'),
  )
})
