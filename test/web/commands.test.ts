import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { createText } from '../../src/text/text.ts'
import {
  guestCommands,
  hostCommand,
  maintenanceCommand,
  memoryCommand,
  migrateCommand,
  quoted,
  shutdownCommand,
  whatIfCommand,
} from '../../src/web/actions/commands.ts'

const text = createText('en')

const shown = [
  ...Object.values(guestCommands).map((command) => command(['web', 'db'])),
  shutdownCommand(['web'], 'dependents'),
  shutdownCommand(['web'], 'force'),
  migrateCommand(['web', 'db'], 'node2', true),
  migrateCommand(['web'], null, false),
  migrateCommand(null, null, false),
  memoryCommand(['web'], 512),
  memoryCommand(['web'], null),
  maintenanceCommand('node1', true, true),
  maintenanceCommand('node1', false, false),
  hostCommand('fence', 'node1'),
  hostCommand('swear-dead', 'node1'),
  whatIfCommand(['node1', 'node2']),
]

test('every command that the console shows is one that the command line takes', () => {
  for (const line of shown.flatMap((one) => one.split(' && '))) {
    const [program, ...words] = line.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ''))
    assert.equal(program, 'vigia')
    assert.equal(parseCommandLine(words, text).wants, 'run', line)
  }
})

test('a name that a shell would read otherwise is put in quotes', () => {
  assert.equal(quoted('web-1.example'), 'web-1.example')
  assert.equal(quoted('a b; reboot'), "'a b; reboot'")
  assert.equal(quoted("it's"), "'it'\\''s'")
})
