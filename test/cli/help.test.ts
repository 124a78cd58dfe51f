import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { completionScript } from '../../src/cli/completion.ts'
import { helpLines } from '../../src/cli/help.ts'
import { manPage } from '../../src/cli/man.ts'
import { widthOf } from '../../src/cli/paint.ts'
import { commands, globalOptions } from '../../src/cli/registry.ts'
import { cliHelp } from '../../src/text/en/cli-help.ts'
import { locales } from '../../src/text/locale.ts'
import { createText } from '../../src/text/text.ts'
import { type } from './terminal.ts'

const texts = locales.map((locale) => createText(locale))

test('the help of every command tells all of it and fits the width, in both languages', () => {
  for (const text of texts) {
    for (const command of [null, ...commands]) {
      for (const columns of [80, 100, 300]) {
        const lines = helpLines(text, command, columns)
        const tooWide = lines.filter((line) => widthOf(line) > Math.min(columns, 100) && line.trim().includes(' '))
        assert.deepEqual(tooWide, [], `${command?.name} ${text.locale} ${columns}`)
        const whole = lines.join('\n')
        for (const option of [...globalOptions, ...(command?.options ?? [])])
          assert.ok(whole.includes(`--${option.negated ? 'no-' : ''}${option.name}`))
        assert.ok(!/[{}]|undefined/.test(whole), whole)
      }
    }
  }
})

test('every help text of the catalogue is used', () => {
  const used = new Set<string>([
    'vigia-summary',
    'vigia-about',
    ...globalOptions.map(({ help }) => help),
    ...commands.flatMap(({ summary, about, options, examples, exits }) => [
      summary,
      about,
      ...options.map(({ help }) => help),
      ...examples.map(({ help }) => help),
      ...exits,
    ]),
  ])
  assert.deepEqual(
    Object.keys(cliHelp).filter((key) => !used.has(key)),
    [],
  )
})

test('every command can be loaded, and its help is one word away', async () => {
  for (const command of commands) {
    assert.equal(typeof (await command.load()).run, 'function')
    for (const line of [`help ${command.name}`, `${command.name} --help`, `${command.name} x -h y`]) {
      const { exitCode, out } = await type(line)
      assert.equal(exitCode, 0, line)
      assert.match(out, new RegExp(`^NAME\\n {2}vigia ${command.name} - `))
    }
  }
})

test('each example is a command line that is understood', async () => {
  const { parseCommandLine } = await import('../../src/cli/parse.ts')
  for (const { examples } of commands) {
    for (const { line } of examples) {
      const words = line.replace(/ >.*/, '').replaceAll("'512 MiB'", '512MiB').split(' ').slice(1)
      assert.equal(parseCommandLine(words, texts[0]!).wants, 'run', line)
    }
  }
})

test('the completion of each shell is a script that the shell accepts', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completionScript(shell)
    for (const { name } of commands) assert.ok(script.includes(name))
    // zsh and fish may be missing here; the one of zsh is that of bash but for its first lines.
    if (shell !== 'bash') continue
    const checked = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })
    assert.equal(checked.status, 0, checked.stderr)
  }
})

test('bash completes commands, options and choices', () => {
  const script = `${completionScript('bash')}
COMP_WORDS=(vigia la); COMP_CWORD=1; _vigia; echo "\${COMPREPLY[@]}"
COMP_WORDS=(vigia shutdown --de); COMP_CWORD=2; _vigia; echo "\${COMPREPLY[@]}"
COMP_WORDS=(vigia status -o ''); COMP_CWORD=3; _vigia; echo "\${COMPREPLY[@]}"
COMP_WORDS=(vigia watch o); COMP_CWORD=2; _vigia; echo "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc'], {
    input: script,
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
  })
  assert.deepEqual(stdout.trim().split('\n'), ['launch', '--dependents', 'table json yaml csv', 'on off'], stderr)
})

test('the manual page has every command and nothing that roff would take for its own', () => {
  for (const text of texts) {
    const page = manPage(text, '1.2.3')
    for (const { name } of commands)
      assert.match(page, new RegExp(`^\\.SS "vigia ${name.replaceAll('-', String.raw`\\-`)}`, 'm'))
    const requests = page.split('\n').filter((line) => line.startsWith('.'))
    assert.deepEqual(
      requests.filter((line) => !/^\.(TH|SH|SS|PP|TP|B|I|BR)( |$)/.test(line)),
      [],
    )
    assert.ok(!page.split('\n').some((line) => line.startsWith("'")))
  }
})

test('a wrong command line is answered with what is wrong, the nearest word, and exit 64', async () => {
  const cases: [string, RegExp][] = [
    ['', /a command is missing/],
    ['lanch', /there is no command lanch; did you mean launch\?/],
    ['xyzzy launch', /there is no command xyzzy\n/],
    ['launch --timout 3', /there is no option --timout; did you mean --timeout\?/],
    ['launch --timeout', /--timeout needs a value/],
    ['launch --timeout soon', /--timeout: expected a duration such as 30s or 10min, got "soon"/],
    ['check', /FILE is missing/],
    ['check a b', /too many arguments: b\n/],
    ['status -o xml', /--output: expected table, json, yaml or csv, got "xml"/],
    ['-o xml status', /--output: expected/],
    ['watch maybe web', /on\|off: expected on or off, got "maybe"/],
    ['memory web lots', /SIZE: expected a size such as 512 MiB or 2 GiB, got "lots"/],
    ['memory web 512', /SIZE: expected a size/],
    ['events --limit 0', /--limit: expected a whole number from 1 to 10000, got "0"/],
    ['events --since 31-12-2025', /--since: expected a duration back/],
    ['completion tcsh', /SHELL: expected bash, zsh or fish, got "tcsh"/],
    ['help frobnicate', /there is no command frobnicate/],
    ['--lang pt-BR lanch', /não há comando lanch; seria launch\?/],
    ['convert x --to docx', /--to: expected vigia or lauxen, got "docx"/],
  ]
  for (const [line, message] of cases) {
    const { exitCode, err, out } = await type(line)
    assert.equal(exitCode, 64, `${line}: ${err}`)
    assert.match(err, message)
    assert.equal(out, '')
  }
})
