import { guests, refuses } from './problem-cases.ts'

refuses([
  // Hosts, rules, machines.
  {
    says: 'an unknown host',
    text: `${guests('  a: {host: alpah}\n')}hosts: {alpha: }\n`,
    problems: ['3:13 unknown-host guests.a.host'],
    data: { nearest: 'alpha' },
  },
  {
    says: 'more memory than the host has',
    text: `version: 1\nhosts:\n  h: { memory: 2 GiB }\nguests:\n  a: { memory: 1 GiB }\n  b: { memory: { start: 1 GiB, run: 512 MiB } }\n`,
    problems: ['3:16 over-committed hosts.h.memory'],
    data: { host: 'h', neededMib: 2048, availableMib: 1536, runMib: 1536, surplusMib: 512, reservedMib: 512 },
  },
  {
    says: 'a slip in a key of a host',
    text: 'version: 1\nhosts:\n  h:\n    fences: []\n',
    problems: ['4:5 unknown-key hosts.h.fences'],
    data: { nearest: 'fence' },
  },
  {
    says: 'a fence device without its program',
    text: 'version: 1\nhosts:\n  h:\n    fence:\n      - options: {ip: 192.0.2.1}\n',
    problems: ['5:9 missing-key hosts.h.fence[0]'],
    data: { expected: 'agent' },
  },
  {
    says: 'a program that is no fence agent',
    text: 'version: 1\nhosts:\n  h: {fence: [{agent: reboot}]}\n',
    problems: ['3:23 bad-form hosts.h.fence[0].agent'],
    data: { expected: 'fence-agent', got: 'reboot' },
  },
  {
    says: 'a slip in a key of a fence device',
    text: 'version: 1\nhosts:\n  h:\n    fence:\n      - {agent: fence_apc, option: {ip: 192.0.2.1}}\n',
    problems: ['5:28 unknown-key hosts.h.fence[0].option'],
    data: { nearest: 'options' },
  },
  {
    says: 'a password among the options, which are shown',
    text: 'version: 1\nhosts:\n  h: {fence: [{agent: fence_apc, options: {passwd: x, password_script: /a}}]}\n',
    problems: ['3:44 secret-written hosts.h.fence[0].options.passwd'],
  },
  {
    says: 'a parameter given twice, openly and as a file',
    text: 'version: 1\nhosts:\n  h: {fence: [{agent: fence_apc, options: {login: a}, secrets: {login: b}}]}\n',
    problems: ['3:65 conflict hosts.h.fence[0]'],
    data: { got: ['options.login', 'secrets.login'] },
  },
  {
    says: 'an action, which is ours to say',
    text: 'version: 1\nhosts:\n  h: {fence: [{agent: fence_apc, options: {action: reboot}}]}\n',
    problems: ['3:44 bad-form hosts.h.fence[0].options.action'],
    data: { expected: 'fence-parameter' },
  },
  {
    says: 'an option of several lines',
    text: 'version: 1\nhosts:\n  h: {fence: [{agent: fence_apc, options: {ip: "a\\nb"}}]}\n',
    problems: ['3:48 bad-form hosts.h.fence[0].options.ip'],
    data: { expected: 'one-line' },
  },
  {
    says: 'an address of a host that is none',
    text: 'version: 1\nhosts:\n  h: {addresses: [192.0.2.300], migrationAddress: here}\n',
    problems: ['3:19 bad-form hosts.h.addresses[0]', '3:51 bad-form hosts.h.migrationAddress'],
    data: { expected: 'address' },
  },
  {
    says: 'a policy that is none',
    text: 'version: 1\nsettings: {survivePolicy: refuze, onMigrationTimeLimit: postcopy}\n',
    problems: ['2:27 bad-choice settings.survivePolicy', '2:57 bad-choice settings.onMigrationTimeLimit'],
    data: { nearest: 'refuse' },
  },
  {
    says: 'more memory than all hosts have',
    text: `version: 1\nhosts:\n  g: { memory: 1 GiB }\n  h: { memory: 1 GiB }\nguests:\n  a: { memory: 2 GiB }\n`,
    problems: ['3:3 over-committed hosts'],
    data: { host: null, neededMib: 2048, availableMib: 1024 },
  },
  {
    says: 'a rule without kind',
    text: `${guests('  a:\n')}rules:\n  - { guests: [a] }\n`,
    problems: ['5:5 missing-key rules[0]'],
    data: { expected: 'kind' },
  },
  {
    says: 'a rule of an unknown guest',
    text: `${guests('  a:\n')}rules:\n  - { kind: apart, guests: [a, b2] }\n`,
    problems: ['5:32 unknown-guest rules[0].guests'],
  },
  {
    says: 'strict rules that want guests together and apart',
    text: `${guests('  a:\n  b:\n  c:\n')}rules:\n  - { kind: together, guests: [a, b], strict: true }\n  - { kind: together, guests: [b, c], strict: true }\n  - { kind: apart, guests: [a, c], strict: true }\n`,
    problems: ['9:5 rules-contradict rules[2]'],
    data: { guests: ['a', 'c'], first: { file: '/etc/vigia/vigia.yaml', line: 8, column: 5 } },
  },
  {
    says: 'strict rules that leave a guest no host',
    text: `version: 1\nhosts:\n  g:\n  h:\nguests:\n  a:\n  b:\nrules:\n  - { kind: together, guests: [a, b], strict: true }\n  - { kind: hosts, guests: [a], hosts: { g: 0 }, strict: true }\n  - { kind: hosts, guests: [b], hosts: { h: 0 }, strict: true }\n`,
    problems: ['11:5 rules-contradict rules[2]'],
    data: { guests: ['b'], first: { file: '/etc/vigia/vigia.yaml', line: 10, column: 5 } },
  },
  {
    says: 'more guests apart than there are hosts',
    text: `version: 1\nhosts:\n  g:\n  h:\nguests:\n  a:\n  b:\n  c:\nrules:\n  - { kind: apart, guests: [a, b, c], strict: true }\n`,
    problems: ['10:5 too-few-hosts rules[0]'],
    data: { guests: ['a', 'b', 'c'], hosts: ['g', 'h'] },
  },
  {
    says: 'guests apart that rules leave fewer hosts than they are',
    text: `version: 1\nhosts:\n  g:\n  h:\n  i:\nguests:\n  a:\n  b:\n  c:\n  d:\nrules:\n  - { kind: apart, guests: [a, b, c], strict: true }\n  - { kind: hosts, guests: [a, d], hosts: [g, h], strict: true }\n  - { kind: together, guests: [d, b], strict: true }\n  - { kind: hosts, guests: [c], hosts: [h, g], strict: true }\n`,
    problems: ['12:5 too-few-hosts rules[0]'],
    data: { guests: ['a', 'b', 'c'], hosts: ['g', 'h'] },
  },
])
