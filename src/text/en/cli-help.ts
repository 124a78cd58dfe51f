import { accessHelp } from './access.ts'
import { clusterHelp } from './cluster.ts'
import { drillHelp } from './drill-help.ts'
import { hostHelp } from './host-help.ts'
import { planHelp } from './plan.ts'
import { reportHelp } from './report-help.ts'
import { severalHelp } from './several-help.ts'
import { taskHelp } from './tasks.ts'

/** The help of each command: summary (a line of a list), about (paragraphs), options, examples, exit codes. */
export const cliHelp = {
  ...accessHelp,
  ...hostHelp,
  ...clusterHelp,
  ...severalHelp,
  ...taskHelp,
  ...planHelp,
  ...reportHelp,
  ...drillHelp,
  'vigia-summary': 'keep the virtual servers of a small company running',
  'vigia-about':
    'Vigia starts guests in the order their services need each other, watches the services, pauses what depends on a broken one, restarts what does not come back, and shuts down in reverse order. What shall be is written in a cluster file; vigiad makes it so and keeps it so. This command talks to vigiad over its unix socket.\n\nGuests are named as in the cluster file; @TAG stands for every guest with that tag.',
  'launch-summary': 'start guests, in the order their needs demand',
  'launch-about':
    'Starts the named guests and everything they need; without names, every guest that the cluster file wants running. All that can start, starts at once; a guest starts as soon as the last service it needs answers. What runs already is left as it is, so a launch may be repeated at any time.\n\nThe command waits until every guest is ready and shows the launch as it happens. Ctrl-C ends the showing, not the launch.',
  'launch-example-all': 'everything the cluster file wants running',
  'launch-example-some': 'one guest, all that are tagged mail, and what they need',
  'launch-example-script': 'only say what was accepted, for a program',
  'shutdown-summary': 'shut guests down, those that need them first',
  'shutdown-about':
    'Shuts the named guests down, or all of them. A guest goes down once those that need it are gone, in parallel where nothing forbids it: first by asking (ACPI), then, after the limit of the cluster file, by taking its power. A paused guest is resumed first.\n\nShutting down what a running guest needs is refused; --dependents takes those guests down too, --force goes ahead without them.\n\nShutting down everything asks first, unless --yes is given.',
  'shutdown-example-one': 'one guest that no other needs',
  'shutdown-example-dependents': 'a guest and all that need it',
  'shutdown-example-all': 'everything, without a question',
  'status-summary': 'show the guests and how they are',
  'status-about':
    'One line a guest: its phase, address, memory (used of given), since when, and why it is so if it is not simply running. With names, only those guests.\n\nWith --check it is a monitoring probe: one line, and exit code 0 when every wish holds, 1 when something is on its way or watched by nobody, 2 when something is down or vigiad does not answer.',
  'status-example-all': 'a table of all guests',
  'status-example-watch': 'the same, kept up to date until Ctrl-C',
  'status-example-check': 'for a monitoring system',
  'why-summary': 'say why a guest is as it is',
  'why-about':
    'Says why a guest is as it is, follows its needs down to the guests that are the cause, and shows what happened to it last.',
  'why-example': 'what web waits for, and why that is not there',
  'check-summary': 'check a cluster file, without touching anything',
  'check-about':
    'Reads a cluster file (vigia.yaml, or the format of LauXen) with all it includes and names every problem at once, each with its line and column: unknown and doubled names, cycles (printed as a path), ports out of range, more memory than there is. Needs no vigiad.',
  'check-example': 'every problem of the file, or how many guests it has',
  'apply-summary': 'make a cluster file the one in force',
  'apply-about':
    'Checks the file, shows how it differs from the one in force and what takes effect only when a guest starts again, and hands it to vigiad. A guest dropped from the file is no longer managed; it is never stopped or destroyed. What would break something that runs is refused unless --force is given.',
  'apply-example-dry': 'only show what would change',
  'apply-example': 'change it',
  'watch-summary': 'take the hands off a guest, or back on',
  'watch-about':
    'A guest that is not watched is left alone: nothing is restarted, paused or resumed by itself, so that work on it is not taken for a failure. What is said by command is still done.',
  'watch-example-off': 'before work on web',
  'watch-example-on': 'after it',
  'memory-summary': "show or change a guest's memory",
  'memory-about':
    'Shows what a guest has, uses and may have at most, or gives it another amount now, by its balloon. The change is kept until the next one or until --reset. What the guest or its host cannot give is refused.\n\nWhere the cluster file gives the guest a least amount (min: under memory:), its memory goes by what it needs; an amount said here holds until --reset.',
  'memory-example-show': 'what it has and uses',
  'memory-example-set': 'change it now',
  'pause-summary': 'suspend a guest by hand',
  'pause-about':
    'Suspends a guest until it is resumed by hand. Running guests that need it are paused with it, as the cluster file says.',
  'pause-example': 'suspend it, and what needs it',
  'resume-summary': 'resume a guest that was paused by hand',
  'resume-about': 'Takes a pause by hand back. The guest goes on as soon as its needs answer.',
  'resume-example': 'let it go on',
  'events-summary': 'show what happened',
  'events-about':
    'The history: every change of a guest, every service that began or ceased to answer, every decision with its reason, every command.',
  'events-example-since': 'what happened to web within the last hour',
  'events-example-follow': 'go on as things happen, until Ctrl-C',
  'doctor-summary': 'find what keeps Vigia from its work',
  'doctor-about':
    'Checks the socket, the daemon, the hypervisor, and each guest of the cluster file: one check a line, PASS, WARN or FAIL, with the reason and what to do.',
  'doctor-example': 'after an installation, or when something is wrong',
  'convert-summary': 'write a cluster file in the other format',
  'convert-about':
    'Writes vigia.yaml from a file of LauXen, or the other way round, to standard output. Converting to the format of LauXen loses what it cannot say: the loss is listed, and refused without --lossy.',
  'convert-example': 'take a file of LauXen over',
  'simulate-summary': 'play a scenario in a pretend world',
  'simulate-about':
    'Plays scenario files (what-if: a power cut, a crash, a service that hangs) with the same decisions as in production, on pretend hosts, in pretend time, and says whether what the file expects held.',
  'simulate-example': 'what happens when the power goes',
  'run-summary': 'try a cluster file: daemon and board in the foreground',
  'run-about':
    'Runs the daemon for this file in the foreground, with its own state, and shows the board. Ctrl-C ends it; the guests go on.',
  'run-example': 'try it before installing the service',
  'completion-summary': 'print the completion of a shell',
  'completion-about':
    'Prints a script that completes commands, options and the names of guests, for bash, zsh or fish.',
  'completion-example-bash': 'for every user of bash',
  'completion-example-fish': 'for one user of fish',
  'help-summary': 'explain a command',
  'help-about': 'Explains a command, or lists all of them. With --man, prints the manual page.',
  'help-example-man': 'write the manual page',
  'option-output': 'table (for people), json, yaml or csv (for programs; the fields have a schemaVersion)',
  'option-socket': 'where vigiad answers; also VIGIA_SOCKET; default {path}',
  'option-lang': 'en or pt-BR; default: from LANG',
  'option-yes': 'answer every question with yes',
  'option-no-color': 'no colours; also NO_COLOR',
  'option-help': 'explain the command',
  'option-no-wait': 'return when the command is accepted, instead of when it is done',
  'option-timeout': 'stop waiting after this long (30s, 10min), with exit code 124; the work goes on',
  'option-dependents': 'take down the running guests that need these, too',
  'option-force-shutdown': 'although running guests need these',
  'option-until-boot':
    'every guest, for the shutdown of the host: what is wished of them stays, and they start with its next boot',
  'option-status-watch': 'keep it up to date until Ctrl-C',
  'option-status-check': 'one line and an exit code, for a monitoring system',
  'option-dry-run': 'only show what would change',
  'option-force-apply': 'although it breaks something that runs',
  'option-reset': 'back to the amount of the cluster file',
  'option-follow': 'go on as things happen, until Ctrl-C',
  'option-events-guest': 'only this guest',
  'option-since': 'from then on: a duration back (90min, 2d) or a date (2026-03-01, 2026-03-01T12:00)',
  'option-limit': 'at most so many, the newest; default {limit}',
  'option-to': 'vigia or lauxen; default: the other one',
  'option-lossy': 'leave out what the format of LauXen cannot say',
  'option-seed': 'seed of the dice; default 1',
  'option-json': 'the same as -o json',
  'option-man': 'print the manual page, in roff',
  'exit-ok': '0    all is well',
  'exit-ok-done': '0    done',
  'exit-refused': '1    refused, with the reason',
  'exit-failed-some': '1    at least one guest failed',
  'exit-check': '0, 1, 2    with --check: every wish holds, something is on its way, something is down',
  'exit-doctor': '1    at least one check failed',
  'exit-simulate': '1    an expectation did not hold, or with --live a guest does not come back',
  'exit-usage': '64   the command line is wrong',
  'exit-bad-file': '65   the file is wrong or cannot be read',
  'exit-unavailable': '69   vigiad does not answer (77: not allowed to ask it)',
  'exit-no-libvirt': '69   libvirt does not answer (77: not allowed to ask it)',
  'exit-several-hosts': '69   --live was asked of a cluster of one host',
  'exit-no-such': '105  no such guest',
  'exit-needs-force': '107  needs --force (or --dependents, --lossy)',
  'exit-timeout': '124  not done within --timeout',
  'exit-interrupted': '130  waiting was ended by Ctrl-C; the work goes on',
} as const
