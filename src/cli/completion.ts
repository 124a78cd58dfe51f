import type { CommandSpec, OptionSpec } from './command.ts'
import { commands, globalOptions } from './registry.ts'

/** Completion of a shell, from the registry; names of guests are asked of the daemon when they are wanted. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  if (shell === 'fish') return fish()
  return shell === 'bash' ? bash() : `#compdef vigia\nautoload -U +X bashcompinit && bashcompinit\n${bash()}`
}

const guestNames = 'vigia status -o csv 2>/dev/null | tail -n +2 | cut -d, -f1 | tr -d "\\r"'

const hostNames = 'vigia status --hosts -o csv 2>/dev/null | tail -n +2 | cut -d, -f1 | tr -d "\\r"'

function bash(): string {
  const names = commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
  return `# Completion of vigia.
_vigia() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' each
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $each in ${names.join('|')}) command=$each; break ;; esac
  done
  case $before in
${[...globalOptions, ...commands.flatMap(({ options }) => options)]
  .filter(
    (option, index, all) => option.value !== undefined && all.findIndex(({ name }) => name === option.name) === index,
  )
  .map((option) => `    ${dashed(option).join('|')}) ${bashWords(option)}; return ;;`)
  .join('\n')}
  esac
  case $command in
    '') COMPREPLY=($(compgen -W '${names.join(' ')} ${optionWords(globalOptions)}' -- "$word")) ;;
${commands.map(bashCommand).join('\n')}
  esac
}
complete -F _vigia vigia
`
}

function bashCommand(command: CommandSpec): string {
  const names = command.alias === undefined ? command.name : `${command.name}|${command.alias}`
  const options = optionWords([...command.options, ...globalOptions])
  const kinds = command.arguments.map(({ complete }) => complete)
  const files = kinds.includes('files') ? ' -f' : ''
  const words = kinds.flatMap((kind) => {
    if (kind === 'guests') return [`$(${guestNames})`]
    if (kind === 'hosts') return [`$(${hostNames})`]
    if (kind === 'commands') return [commands.map(({ name }) => name).join(' ')]
    return kind === 'files' ? [] : [kind.join(' ')]
  })
  return `    ${names}) COMPREPLY=($(compgen${files} -W "${[...words, options].join(' ')}" -- "$word")) ;;`
}

function bashWords(option: OptionSpec): string {
  if (option.complete === 'files') return 'COMPREPLY=($(compgen -f -- "$word"))'
  if (option.complete === 'guests') return `COMPREPLY=($(compgen -W "$(${guestNames})" -- "$word"))`
  if (option.complete === 'hosts') return `COMPREPLY=($(compgen -W "$(${hostNames})" -- "$word"))`
  return `COMPREPLY=($(compgen -W '${(option.choices ?? []).join(' ')}' -- "$word"))`
}

function fish(): string {
  const lines = ['# Completion of vigia.', 'complete -c vigia -f']
  const seen = (name: string): string => `-n '__fish_seen_subcommand_from ${name}'`
  for (const option of globalOptions) lines.push(`complete -c vigia ${fishOption(option)}`)
  for (const { name, alias, arguments: typed, options } of commands) {
    for (const word of alias === undefined ? [name] : [name, alias]) {
      lines.push(`complete -c vigia -n __fish_use_subcommand -a ${word}`)
    }
    for (const { complete } of typed) {
      if (complete === 'guests' || complete === 'hosts')
        lines.push(`complete -c vigia ${seen(name)} -a '${fishNames(complete)}'`)
      else if (complete === 'files') lines.push(`complete -c vigia ${seen(name)} -F`)
      else if (complete === 'commands')
        lines.push(`complete -c vigia ${seen(name)} -a '${commands.map((one) => one.name).join(' ')}'`)
      else if (complete.length > 0) lines.push(`complete -c vigia ${seen(name)} -a '${complete.join(' ')}'`)
    }
    for (const option of options) lines.push(`complete -c vigia ${seen(name)} ${fishOption(option)}`)
  }
  return `${lines.join('\n')}\n`
}

function fishNames(kind: 'guests' | 'hosts'): string {
  return `(${(kind === 'guests' ? guestNames : hostNames).replaceAll("'", "\\'")})`
}

function fishOption(option: OptionSpec): string {
  const name = option.negated ? `no-${option.name}` : option.name
  const short = option.short === undefined ? '' : ` -s ${option.short}`
  if (option.value === undefined) return `-l ${name}${short}`
  const asked = option.complete === 'guests' || option.complete === 'hosts' ? fishNames(option.complete) : null
  const values = option.complete === 'files' ? ' -F' : ` -a '${asked ?? (option.choices ?? []).join(' ')}'`
  return `-l ${name}${short} -r${values}`
}

function dashed({ name, short, negated }: OptionSpec): string[] {
  return [`--${negated ? 'no-' : ''}${name}`, ...(short === undefined ? [] : [`-${short}`])]
}

function optionWords(options: readonly OptionSpec[]): string {
  return options.map((option) => dashed(option)[0]).join(' ')
}
