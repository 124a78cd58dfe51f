/** Help of the commands about tasks. */
export const taskHelp = {
  'tasks-summary': 'show what was commanded and how far it is',
  'tasks-about':
    'What is asked for by command and takes its time is a task: launches, shutdowns, migrations, maintenance, changes of memory. It goes on whether or not anybody waits for it, is known on every host of the cluster, and outlives a change of the leader. The newest fifty are remembered; shown are those that run and the last ten that are over.',
  'tasks-example': 'those that run, and the last that are over',
  'tasks-example-watch': 'the same, as it happens, until Ctrl-C',
  'option-tasks-watch': 'keep it up to date until Ctrl-C',
  'option-tasks-all': 'all that are remembered',
  'task-summary': 'show one task with its guests, or take it back',
  'task-about':
    'show: every guest of the task and why it is not there yet. cancel: what has not begun is taken back, by wishing again what was wished of those guests before, and a live move under way is told to end: the guest runs on where it was, unless it has arrived meanwhile. What else is under way comes to its end. Where nothing is left to take back, it is refused.',
  'task-example': 'take back what of it has not begun, and its live moves',
  'exit-no-such-task': '105  there is no such task',
} as const

/** What they say. */
export const taskWords = {
  'tasks-none': 'no tasks',
  'tasks-column-id': 'TASK',
  'tasks-column-state': 'STATE',
  'tasks-column-done': 'DONE',
  'tasks-column-command': 'COMMAND',
  'tasks-column-by': 'BY',
  'tasks-column-since': 'SINCE',
  'tasks-column-guests': 'GUESTS',
  'task-running': 'running',
  'task-waiting': 'waiting',
  'task-done': 'done',
  'task-failed': 'failed',
  'task-cancelled': 'cancelled',
  'task-head': '{id}: {said}[? ({by})], {state}',
  'task-when': '{done} of {total}, since {since}[?; took {elapsed}][?; taken back by {cancelledBy}]',
  'task-step': '  {guest}: {state}[?, {copied} of {size} copied]',
  'task-news': '{id}: {said}, {state}, {done} of {total}',
  'task-taken-back': '{id} is taken back, as far as it can be',
} as const
