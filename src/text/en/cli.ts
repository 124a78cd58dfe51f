import { accessWords } from './access.ts'
import { cliHelp } from './cli-help.ts'
import { clusterWords } from './cluster.ts'
import { drillWords } from './drill-words.ts'
import { foreseeWords } from './foresee-words.ts'
import { importWords } from './import.ts'
import { planWords } from './plan.ts'
import { reportWords } from './report-words.ts'
import { severalWords } from './several-words.ts'
import { taskWords } from './tasks.ts'

/** Words of the command line: help, headings, what a command says when it is done. Templates as `message.ts` tells. */
export const cli = {
  ...cliHelp,
  ...accessWords,
  ...clusterWords,
  ...importWords,
  ...planWords,
  ...severalWords,
  ...taskWords,
  ...reportWords,
  ...drillWords,
  ...foreseeWords,
  'guest-count': '{count} {count|guest|guests}',

  // Help.
  'heading-name': 'NAME',
  'heading-synopsis': 'SYNOPSIS',
  'heading-description': 'DESCRIPTION',
  'heading-commands': 'COMMANDS',
  'heading-options': 'OPTIONS',
  'heading-global-options': 'OPTIONS OF EVERY COMMAND',
  'heading-examples': 'EXAMPLES',
  'heading-exit-codes': 'EXIT CODES',
  'heading-environment': 'ENVIRONMENT',
  'heading-files': 'FILES',
  'heading-see-also': 'SEE ALSO',
  'help-usage': '[options]',
  'help-alias': 'Also called: {alias}.',
  'help-more': '"vigia help COMMAND" explains a command.',
  'help-environment-socket': 'where vigiad answers',
  'help-environment-lang':
    'the language: Portuguese for pt, English for all else (LC_ALL and LC_MESSAGES go before it)',
  'help-environment-color': 'set to anything: no colours',
  'help-file-socket': 'the socket of vigiad',
  'help-file-state': 'wishes, records and history of vigiad',

  // A wrong command line.
  'usage-no-command': 'a command is missing',
  'usage-unknown-command': 'there is no command {name}[?; did you mean {nearest}?]',
  'usage-unknown-option': 'there is no option {name}[?; did you mean {nearest}?]',
  'usage-missing-argument': '{name} is missing',
  'usage-missing-value': '{name} needs a value',
  'usage-too-many': 'too many arguments: {extra}',
  'usage-bad-value': '{name}: expected {expected}, got {got}',
  'usage-see': 'See "vigia help[? {command}]".',
  'usage-until-boot-alone': '--until-boot means every guest of the host: no names, --dependents or --force with it',
  'usage-yes-needed': 'this takes down every guest: repeat it with --yes',
  'expected-duration': 'a duration such as 30s or 10min',
  'expected-size': 'a size such as 512 MiB or 2 GiB',
  'expected-time': 'a duration back (90min, 2d) or a date (2026-03-01, 2026-03-01T12:00)',
  'expected-count': 'a whole number from {from} to {to}',
  'expected-on-off': 'on or off',

  // Questions and their answers.
  'ask-shutdown-all': 'Shut down all {count} {count|guest|guests}? [y/N] ',
  'answer-yes': 'y yes',
  'not-confirmed': 'nothing was done',

  // What was refused.
  'refused-no-cluster-file': 'no cluster file is in force yet',
  'hint-no-cluster-file': '"vigia apply FILE" puts one in force; "vigia check FILE" looks at it first.',
  'refused-ignored': '{guest} is ignored, by the cluster file or by command: nothing is done to it',
  'hint-ignored':
    '"vigia launch {guest}" takes it back where a command said so; else change its state: in the cluster file and apply it.',
  'refused-need-disabled': '{guest} needs {need}, which is disabled',
  'hint-need-disabled': '"vigia launch {need}" starts it all the same.',
  'refused-not-running': '{guest} does not run',
  'hint-not-running': '"vigia why {guest}" says why; "vigia launch {guest}" starts it.',
  'refused-memory-above-maximum': '{guest} can have at most {maximum}, {wished} were asked for',
  'hint-memory-above-maximum':
    'Its definition sets the maximum (memory: max:); a larger one takes effect at its next start.',
  'refused-memory-too-small': '{wished} is less than {smallest}: {guest} would not survive it',
  'hint-memory-too-small': 'Write the unit: 512 MiB, 2 GiB.',
  'needs-force-shutdown': '{count} running {count|guest needs|guests need} what would go down ({named}): {guests}',
  'hint-needs-force-shutdown':
    '--dependents takes {count|it|them} down too; --force goes ahead, and what becomes of {count|it|them} is said by onLoss: in the cluster file.',
  'needs-force-apply': 'the file would break something that runs:',
  'hint-needs-force-apply': 'Nothing was changed. --force applies it all the same.',
  'would-machine-changed-while-running':
    '{guest} runs as the machine {from}; the file names {to}, which would be started beside it',
  'would-would-pause': '{guest} runs and would be paused at once: its need {need} is not met',
  'would-would-stop-needed': '{guest} would be shut down, and is needed by {needing}',
  'would-would-stop-standby': '{guest} runs and would be shut down: it is to be the standby of {first}',
  'would-host-dropped-with-guests': 'the host {host} is dropped, and has {guests}',
  hint: 'hint: {text}',

  // What a command came to.
  'done-nothing': 'nothing to do: already so',
  'done-launch': 'accepted: {count} {count|guest|guests} to launch: {guests}',
  'done-shutdown': 'accepted: {count} {count|guest|guests} to shut down: {guests}',
  'done-pause': '{guests} is paused[?; with it: {affects}]',
  'done-resume': '{guests} goes on as soon as its needs answer',
  'done-watch-on': '{guests} is watched again',
  'done-watch-off': '{guests} is not watched any more: nothing automatic is done to it',
  'done-memory': '{guests} gets {size}',
  'done-memory-reset': '{guests} goes back to the amount of the cluster file',
  'done-also-launch': 'with them, since they are needed: {guests}',
  'done-also-shutdown': 'with them, since they need them: {guests}',
  'done-affects': 'hit by it, as onLoss: says: {guests}',
  'skipped-watch-off': 'left out, not watched: {guests}',
  'skipped-ignored': 'left out, ignored: {guests}',
  'skipped-disabled': 'left out, disabled: {guests}',
  'skipped-wished-stopped': 'left out, stopped by the cluster file: {guests}',
  'skipped-standby': 'left out, kept down as standbys: {guests}',
  'skipped-replaced': 'left out, their standbys stand in for them: {guests}; "vigia clear" gives the place back',

  // Waiting, and the board.
  'board-launch': 'Launching {count} {count|guest|guests}',
  'board-shutdown': 'Shutting down {count} {count|guest|guests}',
  'board-of': '{done} of {count}',
  'board-expected': '{elapsed} of about {expected}',
  'board-more': '… and {count} more',
  'board-wave': 'wave {wave}',
  'board-took': 'took {took}',
  'wait-all-ready': 'all {count} {count|guest is|guests are} ready, after {elapsed}',
  'wait-all-down': 'all {count} {count|guest is|guests are} down, after {elapsed}',
  'wait-failed': '{count} {count|guest has|guests have} failed: {guests}',
  'wait-changed': 'another command changed the wish for {guests}: no longer waited for',
  'wait-timeout': 'not done within {limit}: {guests}; the work goes on, "vigia status" shows how far it is',
  'wait-interrupted': 'no longer waiting; the work goes on, "vigia status" shows how far it is',
  'wait-lost': 'vigiad does not answer; trying again',
  'wait-back': 'vigiad answers again',

  // Status.
  'column-guest': 'GUEST',
  'column-state': 'STATE',
  'column-phase': 'PHASE',
  'column-address': 'ADDRESS',
  'column-memory': 'MEMORY',
  'column-since': 'SINCE',
  'column-note': 'NOTE',
  'column-wave': 'WAVE',
  'column-services': 'SERVICES',
  'column-time': 'TIME',
  'column-event': 'EVENT',
  'top-memory': 'MEMORY',
  'top-disk-read': 'DISK READ',
  'top-disk-write': 'DISK WRITE',
  'top-net-receive': 'NET IN',
  'top-net-send': 'NET OUT',
  'top-absent': '{host} does not answer',
  'top-nothing': 'No guest has been measured yet.',
  'status-cluster': 'Cluster {name}, {count} {count|guest|guests}',
  'status-no-cluster': 'No cluster file is in force. "vigia apply FILE" puts one in force.',
  'status-host':
    'Host {host}[?: {cpus} {cpus|CPU|CPUs}][?, {total} of memory][?, {reserved} kept for the host], {given} given to guests[?, {others} to other machines]',
  'status-host-unseen': 'Host {host}: not heard of',
  'status-hypervisor-down': 'the hypervisor does not answer',
  'status-not-complete': 'still looking at its guests',
  'status-used-of': '{used} of {given}',
  'status-none': 'No guest matches.',
  'note-not-watched': 'not watched',
  'note-paused-by-hand': 'paused by hand',
  'check-ok': 'OK: {count} {count|guest|guests} as wished',
  'check-warning': 'WARNING: {count} of {total} {total|guest|guests} on the way, not watched or replaced: {guests}',
  'check-critical': 'CRITICAL: {count} of {total} {total|guest|guests} down: {guests}',
  'why-line': '{guest}: {phase}; {because}',
  'why-via': '{via}: {guest} is {phase}; {because}',
  'why-again': '{via}: {guest}, see above',
  'why-cause': '<- the cause',
  'why-needed-by': 'Needed by: {guests}',
  'why-memory': 'Memory: {given}; {because}',
  'why-history': 'What happened last:',
  'why-no-history': 'Nothing has happened to it yet.',

  // Memory.
  'memory-line': '{guest}: has {given}, uses {used}, at most {max}',
  'memory-wished': '{guest}: {size} wished',
  'memory-by-need': '{guest}: goes by its need, never below {least}',
  'memory-because': '  {because}',

  // The cluster file.
  'file-good':
    '{file}: good: {guests} {guests|guest|guests}, {services} {services|service|services}, {waves} {waves|wave|waves}',
  'file-bad': '{file}: {count} {count|error|errors}',
  'apply-applied': '{file} is in force',
  'apply-dry-run': 'dry run: nothing was changed',
  'apply-unchanged': '{file} is in force already: nothing differs',
  'apply-added': '+ {guest}',
  'apply-removed': '- {guest}: no longer managed, left as it is',
  'apply-changed': '~ {guest}: {fields}[? ({note})]',
  'apply-restart': 'takes effect at its next start',
  'apply-cluster': '~ the cluster: {fields}',
  'apply-autostart':
    'libvirt starts these by itself at boot, which Vigia turns off, so that they start in order: {guests}',
  'apply-restart-needed': 'To take effect, these have to be started again: {guests}',
  'convert-lost': 'the format of LauXen cannot say: {what}',
  'convert-refused': 'converting would lose the above; --lossy converts all the same',

  // Events.
  'simulate-held': '{file}: held (seed {seed}): {claim}',
  'simulate-broken': '{file}: did not hold (seed {seed}): {claim}',
  'simulate-bad': '{file}: {count} {count|problem|problems}',
  'simulate-summary-line': '{held} of {count} held',

  'events-none': 'Nothing happened.',

  // Doctor.
  'doctor-summary-line': '{pass} passed, {warn} {warn|warning|warnings}, {fail} failed',
  'console-open': 'Connected to the console of {guest}; Ctrl-] leaves.',
  'console-closed': 'The console of {guest} is left.',
  'console-no-terminal': 'a console needs a terminal',
  'not-available': 'this installation cannot {what}',
} as const
