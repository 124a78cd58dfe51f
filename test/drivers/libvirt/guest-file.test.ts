import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readGuestFile } from '../../../src/drivers/libvirt/guest-file.ts'

/** An agent with one file, which gives at most `atOnce` bytes of it. */
function agent(content: string, atOnce: number) {
  const commands: string[] = []
  let at = 0
  const ask = async (command: string): Promise<string> => {
    const { execute, arguments: args } = JSON.parse(command) as { execute: string; arguments: { count?: number } }
    commands.push(execute)
    if (execute === 'guest-file-open') return '{"return":1000}'
    if (execute === 'guest-file-close') return '{"return":{}}'
    const piece = Buffer.from(content).subarray(at, at + Math.min(atOnce, args.count ?? 0))
    at += piece.length
    return JSON.stringify({ return: { 'buf-b64': piece.toString('base64'), eof: at >= content.length } })
  }
  return { ask, commands }
}

test('a file is read in pieces, and closed', async () => {
  const { ask, commands } = agent('one two three', 5)
  assert.equal((await readGuestFile(ask, '/proc/net/tcp')).toString(), 'one two three')
  assert.deepEqual(commands, [
    'guest-file-open',
    'guest-file-read',
    'guest-file-read',
    'guest-file-read',
    'guest-file-close',
  ])
})

test('an agent that goes on for ever is cut off, and one that fails is closed all the same', async () => {
  const endless = async (command: string): Promise<string> =>
    command.includes('read') ? JSON.stringify({ return: { 'buf-b64': 'A'.repeat(64_000) } }) : '{"return":1}'
  assert.ok((await readGuestFile(endless, '/dev/zero')).length <= 5 * 1024 * 1024)
  let closed = false
  const failing = async (command: string): Promise<string> => {
    if (command.includes('close')) closed = true
    if (command.includes('read')) throw new Error('no')
    return '{"return":1}'
  }
  await assert.rejects(readGuestFile(failing, '/x'), /no/)
  assert.ok(closed)
})
