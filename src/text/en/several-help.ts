/** Help of the commands for several hosts, and of those that replay and suppose. */
export const severalHelp = {
  'migrate-summary': 'move guests to another host',
  'migrate-about':
    'Moves running guests to another host without stopping them, or with --cold by stopping them here and starting them there. Without HOST each goes to the best place there is. A guest of a strict group takes its group along. What a rule, the memory of the host or its standing forbids is refused, with the reason, and nothing is moved.\n\nThe command waits until the guests are there. A move that fails is not tried again: the guest runs on where it was.',
  'migrate-example': 'web to node2, while it runs',
  'migrate-example-best': 'both to wherever is best',
  'maintenance-summary': 'empty a host for work on it, and fill it again',
  'maintenance-about':
    'on: every guest of the host goes elsewhere, live where it can, and none comes until it is off again; reboots change nothing. off: the host takes guests again, and those that were sent away go back.\n\n--dry-run shows who would go where, and who cannot and why. Where a guest has nowhere to go, the command is refused unless --force is given: then that guest stays, and goes as soon as something can take it.',
  'maintenance-example-dry': 'who would go where',
  'maintenance-example-on': 'before work on node1',
  'maintenance-example-off': 'after it',
  'rebalance-summary': 'make the hosts even, with as few moves as can be',
  'rebalance-about':
    'Moves guests from fuller hosts to emptier ones, by number of guests, as far as the rules and the memory of the hosts allow, with the fewest moves. Nothing is moved by itself only to make hosts even: this command is how to ask for it.',
  'rebalance-example': 'what it would move',
  'swear-dead-summary': 'swear that a host is dead, so that its guests start elsewhere',
  'swear-dead-about':
    'The guests of a silent host start elsewhere only once it is proven dead: by its fence device, by its watchdog, or by your oath. Look first: its power is off, or its plug is out. If it still runs, two machines will write to the same disks.\n\nYou are asked to type the name of the host again; --yes-it-is-dead HOST does that in a script. It is refused while the host shows that it lives, is void when the host shows itself again, and stands in the history with your name.',
  'swear-dead-example': 'after pulling the plug of node3',
  'arm-summary': 'let hosts be fenced, and guests be taken from dead ones',
  'arm-about':
    'A cluster is armed unless somebody disarmed it. Refused where nothing would prove some host dead, neither a fence device nor a watchdog that is quick enough (the numbers are told), and where libvirt would start watched guests by itself. With --force it is armed all the same: of such a host somebody must swear.',
  'arm-example': 'after the work on the network',
  'disarm-summary': 'take nothing from any host, whatever falls silent',
  'disarm-about':
    'Before work that makes hosts look dead: on the network, on the switches. Nothing is fenced and no guest is taken from a silent host until the cluster is armed again; guests that fail on hosts that are there are still restarted. With --for it is armed again by itself: each daemon counts from when it saw this word, and one that is started later counts anew.',
  'disarm-example': 'work on the switch, of two hours at most',
  'fence-summary': "take a host's power, reset the count, or test its fence devices",
  'fence-about':
    'fence HOST takes the power of a host by its fence devices although it is not silent, once, and counts as any fencing does: at most half of the members until all are back. Its guests start elsewhere once its power reads off. It asks first, unless --yes is given.\n\nfence reset lets the count begin anew.\n\nfence test HOST proves each of its fence devices: the program takes its parameters, and the power can be read. With --take-power, which asks first, the power is really taken and given back; empty the host before (vigia maintenance HOST on).',
  'fence-example': 'a host that hangs without being silent',
  'fence-example-reset': 'after the lost hosts were looked at',
  'fence-example-test': 'whether the fence device of node2 can be trusted',
  'clear-summary': 'forget the failures of a guest',
  'clear-about':
    'A guest that was given up is forgotten to have failed, and is as the cluster file wishes again. Unlike launch, it asks for nothing else: a guest that the file keeps down stays down, and nothing that it needs is launched.',
  'clear-example': 'after the cause was mended',
  'unmanage-summary': 'leave a guest alone altogether',
  'unmanage-about':
    'Nothing at all is done to the guest from then on, not even by command, until it is launched again: the way to start, stop or move it by hand. It stays as it is. With "watch off", unlike this, commands still work.',
  'unmanage-example': 'before moving it by hand',
  'snapshot-summary': 'write down all that the leader knows',
  'snapshot-about':
    'Writes the state that decisions are made from, as JSON, to standard output: cluster file, wishes, records, observations, members. "vigia decide" decides from it again, anywhere. Cloud-init data and domain XML are left out of it.',
  'snapshot-example': 'keep what was known when something went wrong',
  'decide-summary': 'decide again from a snapshot, without a daemon',
  'decide-about':
    'Makes the decision of one round from a snapshot, with the code of this version, and says what it would be and why. It touches nothing.',
  'decide-example': 'what would be done, and why',
  'option-to-host': 'the host, where it stands alone',
  'option-cold': 'stopped here, started there',
  'option-dry-run-moves': 'only show who would go where',
  'option-force-maintenance': 'although some of its guests have nowhere to go: they stay',
  'option-yes-it-is-dead': 'the name of the host, instead of typing it when asked',
  'option-for': 'for so long only (2h)',
  'option-force-arm': 'although some hosts could not be proven dead',
  'option-take-power': 'with test: really take the power, and give it back',
  'option-status-hosts': 'only the hosts',
  'option-survive': 'lose every set of so many hosts in turn, and say who would wait; exit code 1 where somebody would',
  'option-force-launch': 'although the cluster could not lose as many hosts then as its file asks',
  'option-live': 'what happens to the cluster as it is now, instead of a file: with --lose',
  'option-lose': 'with --live: the hosts that are lost at once',
  'option-snapshot': 'with --live: from this file of "vigia snapshot" instead of asking vigiad',
  'simulate-example-live': 'who goes where when node3 dies now',
  'check-example-survive': 'whether any one host may die',
  'exit-refused-moves': '1    refused, with the reason, or a move failed',
  'exit-no-such-host': '105  no such guest or host',
  'exit-survive': '1    with --survive: some loss would leave guests waiting',
} as const
