import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { scratchDirectory } from './scratch.ts'

const run = promisify(execFile)

test('a full disk refuses writes and keeps everything, reads go on, and writes go on when there is space', async (context) => {
  const directory = scratchDirectory(context)
  const story = join(import.meta.dirname, 'disk-full-story.ts')
  // The mount is in a namespace of its own: it goes with the process, whatever becomes of it.
  const script = 'mount -t tmpfs -o size=2m,mode=0700 tmpfs "$1" && exec "$2" "$3" "$1"'
  const argv = ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', directory, process.execPath, story]
  const { stdout } = await run('unshare', argv, { timeout: 240_000 })
  assert.match(stdout, /^kept \d+ values and \d+ events\n$/)
})
