import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Problem } from '../../../src/model/file/problem.ts'
import { brief, type Files, parseText } from './samples.ts'

/** Every error class of `vigia.yaml`: the text, what it must say and where (`line:column code path`), and the data of the first one. */
interface Case {
  readonly says: string
  readonly text: string
  readonly problems: readonly string[]
  readonly data?: Partial<Record<string, unknown>>
  readonly files?: Files
}

const guests = (lines: string) => `version: 1\nguests:\n${lines}`

const cases: Case[] = [
  // The file as a whole.
  { says: 'nothing in it', text: '', problems: ['1:1 empty-file'] },
  { says: 'only blanks', text: ' \n\n', problems: ['1:1 empty-file'] },
  { says: 'only comments', text: '# later\n', problems: ['1:1 empty-file'] },
  {
    says: 'a control character',
    text: 'version: 1\nname: \u0007x\n',
    problems: ['2:7 not-text'],
    data: { got: 'U+0007' },
  },
  {
    says: 'bytes that are no UTF-8',
    text: 'version: 1\n# \uFFFD\n',
    problems: ['2:3 not-text'],
    data: { got: 'U+FFFD' },
  },
  {
    says: 'not a map',
    text: 'hello world!\n',
    problems: ['1:1 wrong-type'],
    data: { expected: 'map', got: 'hello world!' },
  },
  { says: 'no version', text: 'guests: {a: }\n', problems: ['1:1 missing-key'], data: { expected: 'version' } },
  {
    says: 'another version',
    text: 'version: 2\nguests:\n',
    problems: ['1:10 unsupported-version version'],
    data: { expected: 1, got: '2' },
  },

  // YAML itself.
  { says: 'a tab as indentation', text: 'version: 1\nguests:\n\ta:\n', problems: ['3:1 tab-indent'] },
  {
    says: 'a list never closed',
    text: 'version: 1\nguests:\n  a: {services: [22/tcp}\n',
    problems: ['3:24 yaml-syntax'],
  },
  { says: 'a colon too many', text: 'version: 1\nname: a: b\n', problems: ['2:7 yaml-syntax'] },
  {
    says: 'two documents',
    text: 'version: 1\n---\nversion: 1\n',
    problems: ['2:1 yaml-syntax'],
    data: { what: 'multiple-docs' },
  },
  { says: 'an alias of nothing', text: guests('  a: *b\n'), problems: ['3:6 yaml-feature'], data: { what: 'alias' } },
  { says: 'a tag of YAML', text: guests('  a: !!set {}\n'), problems: ['3:12 yaml-feature'], data: { what: 'tag' } },
  { says: 'a merge key', text: guests('  a: {<<: {}}\n'), problems: ['3:7 yaml-feature'], data: { what: 'merge-key' } },
  {
    says: 'a key that is a list',
    text: guests('  ? [a]\n  : {}\n'),
    problems: ['3:5 yaml-feature'],
    data: { what: 'key-not-text' },
  },
  {
    says: 'the same key twice',
    text: guests('  a:\n    host: h\n    host: h\nhosts: {h: }\n'),
    problems: ['5:5 duplicate-key guests.a.host'],
    data: { got: 'host', first: { file: '/etc/vigia/vigia.yaml', line: 4, column: 5 } },
  },
  {
    says: 'nested too deep',
    text: `version: 1\nname: ${'['.repeat(40)}${']'.repeat(40)}\n`,
    problems: ['2:39 too-deep'],
  },
  { says: 'nested without end', text: '['.repeat(20_000), problems: ['1:34 too-deep'] },

  // One value.
  {
    says: 'an unknown key, with the nearest',
    text: guests('  web:\n    sevices: [22/tcp]\n'),
    problems: ['4:5 unknown-key guests.web.sevices'],
    data: { got: 'sevices', nearest: 'services' },
  },
  {
    says: 'an unknown key, nothing near',
    text: 'version: 1\nfrobnicate: 1\n',
    problems: ['2:1 unknown-key frobnicate'],
    data: { nearest: null },
  },
  {
    says: 'text for a list',
    text: guests('  a: {services: 22/tcp}\n'),
    problems: ['3:17 wrong-type guests.a.services'],
    data: { expected: 'list', got: '22/tcp' },
  },
  {
    says: 'a list for text',
    text: guests('  a: {state: [running]}\n'),
    problems: ['3:14 wrong-type guests.a.state'],
    data: { got: '[…]' },
  },
  {
    says: 'text for a number',
    text: guests('  a: {priority: "5"}\n'),
    problems: ['3:17 wrong-type guests.a.priority'],
    data: { expected: 'whole-number' },
  },
  {
    says: 'no boolean',
    text: guests('  a: {startAtBoot: yes}\n'),
    problems: ['3:20 wrong-type guests.a.startAtBoot'],
    data: { expected: 'yes-no' },
  },
  {
    says: 'an unknown word',
    text: guests('  a: {state: runing}\n'),
    problems: ['3:14 bad-choice guests.a.state'],
    data: { nearest: 'running' },
  },
  {
    says: 'a size without unit',
    text: guests('  a: {memory: 512}\n'),
    problems: ['3:15 bad-unit guests.a.memory'],
    data: { what: 'size', got: '512' },
  },
  {
    says: 'a size in another unit',
    text: guests('  a: {memory: 512 MB}\n'),
    problems: ['3:15 bad-unit guests.a.memory'],
    data: { nearest: 'MiB' },
  },
  {
    says: 'no size at all',
    text: guests('  a: {memory: much}\n'),
    problems: ['3:15 bad-form guests.a.memory'],
    data: { expected: 'size' },
  },
  {
    says: 'a duration without unit',
    text: guests('  a: {grace: 20}\n'),
    problems: ['3:14 bad-unit guests.a.grace'],
    data: { what: 'duration' },
  },
  {
    says: 'a duration out of range',
    text: guests('  a: {probe: {interval: 1ms}}\n'),
    problems: ['3:25 out-of-range guests.a.probe.interval'],
  },
  {
    says: 'a lease shorter than any that was seen to hold',
    text: `${guests('  a: {}\n')}settings: {lease: 3s}\n`,
    problems: ['4:19 out-of-range settings.lease'],
  },
  {
    says: 'a number out of range',
    text: guests('  a: {cpus: 0}\n'),
    problems: ['3:13 out-of-range guests.a.cpus'],
    data: { from: 1, got: '0' },
  },
  {
    says: 'a name with a blank',
    text: guests('  "my web": {}\n'),
    problems: ['3:3 bad-name guests["my web"]'],
    data: { reason: 'shape' },
  },
  {
    says: 'a name too long',
    text: guests(`  ${'x'.repeat(64)}: {}\n`),
    problems: [`3:3 bad-name guests.${'x'.repeat(64)}`],
    data: { reason: 'too-long' },
  },
  {
    says: 'an address that is none',
    text: guests('  a: {address: 192.0.2.256}\n'),
    problems: ['3:16 bad-form guests.a.address'],
    data: { expected: 'address' },
  },
  {
    says: 'memory that runs with more than it starts with',
    text: guests('  a: {memory: {start: 1 GiB, run: 2 GiB}}\n'),
    problems: ['3:15 memory-order guests.a.memory'],
    data: { startMib: 1024, runMib: 2048 },
  },
  {
    says: 'memory that starts with more than the most',
    text: guests('  a: {memory: {start: 3 GiB, max: 2 GiB}}\n'),
    problems: ['3:15 memory-order guests.a.memory'],
  },
  {
    says: 'a back-off upside down',
    text: guests('  a: {backOff: {initial: 10s, max: 5s}}\n'),
    problems: ['3:16 range-order guests.a.backOff'],
  },
  {
    says: 'two sources of one guest',
    text: guests('  a: {domain: b, define: {memory: 1 GiB, disks: [x]}}\n'),
    problems: ['3:3 conflict guests.a'],
    data: { got: ['domain', 'define'] },
  },
  {
    says: 'memory said twice',
    text: guests('  a: {memory: 1 GiB, define: {memory: 1 GiB, disks: [x]}}\n'),
    problems: ['3:39 conflict guests.a.define'],
  },

  // Services.
  {
    says: 'a port without protocol',
    text: guests('  a: {services: [22]}\n'),
    problems: ['3:18 port-without-protocol guests.a.services[0]'],
  },
  {
    says: 'port 0',
    text: guests('  a: {services: [0/tcp]}\n'),
    problems: ['3:18 port-out-of-range guests.a.services[0]'],
  },
  {
    says: 'a port too high',
    text: guests('  a: {services: [65536/udp]}\n'),
    problems: ['3:18 port-out-of-range guests.a.services[0]'],
  },
  {
    says: 'a protocol that is none',
    text: guests('  a: {services: [22/sctp]}\n'),
    problems: ['3:18 bad-choice guests.a.services[0]'],
  },
  {
    says: 'no port at all',
    text: guests('  a: {services: [ssh]}\n'),
    problems: ['3:18 bad-form guests.a.services[0]'],
  },
  {
    says: 'a service twice',
    text: guests('  a: {services: [22/tcp, 22/TCP]}\n'),
    problems: ['3:26 duplicate-service guests.a.services[1]'],
  },
  {
    says: 'a service with neither port nor name',
    text: guests('  a: {services: [{probe: tcp}]}\n'),
    problems: ['3:18 missing-key guests.a.services[0]'],
    data: { expected: 'port' },
  },
  {
    says: 'a key of another probe',
    text: guests('  a: {services: [{port: 80/tcp, path: /}]}\n'),
    problems: ['3:39 key-of-other-probe guests.a.services[0]'],
    data: { got: 'path', expected: ['http', 'https'] },
  },
  {
    says: 'a TCP probe of a UDP port',
    text: guests('  a: {services: [{port: 80/udp, probe: http}]}\n'),
    problems: ['3:40 bad-choice guests.a.services[0]'],
  },
  {
    says: 'a command without program',
    text: guests('  a: {services: [{name: x, probe: command}]}\n'),
    problems: ['3:18 missing-key guests.a.services[0]'],
  },
  {
    says: 'a name beside a port',
    text: guests('  a: {services: [{port: 80/tcp, name: x}]}\n'),
    problems: ['3:39 key-not-here guests.a.services[0]'],
  },
  {
    says: 'a status upside down',
    text: guests('  a: {services: [{port: 80/tcp, probe: http, status: 300-200}]}\n'),
    problems: ['3:54 range-order guests.a.services[0].status'],
  },

  // Needs.
  {
    says: 'an unknown guest, with the nearest',
    text: guests('  dns:\n  a: {needs: [dsn]}\n'),
    problems: ['4:15 unknown-guest guests.a.needs[0]'],
    data: { got: 'dsn', nearest: 'dns' },
  },
  {
    says: 'an unknown tag',
    text: guests('  b: {tags: [web]}\n  a: {needs: ["@wbe"]}\n'),
    problems: ['4:15 unknown-tag guests.a.needs[0]'],
    data: { nearest: '@web' },
  },
  {
    says: 'an unknown service by name',
    text: guests('  b: {services: [agent]}\n  a: {needs: ["b:agnt"]}\n'),
    problems: ['4:15 unknown-service guests.a.needs[0]'],
    data: { nearest: 'agent' },
  },
  { says: 'a need of itself', text: guests('  a: {needs: [a]}\n'), problems: ['3:15 self-need guests.a.needs[0]'] },
  {
    says: 'a need twice',
    text: guests('  b: {services: [1/tcp]}\n  a: {needs: ["b:1/tcp", "b:1/tcp"]}\n'),
    problems: ['4:26 duplicate-need guests.a.needs[1]'],
  },
  {
    says: 'a need that is nothing',
    text: guests('  a: {needs: ["?"]}\n'),
    problems: ['3:15 bad-form guests.a.needs[0]'],
    data: { expected: 'need' },
  },
  {
    says: 'an address without port',
    text: guests('  a: {needs: ["192.0.2.1"]}\n'),
    problems: ['3:15 bad-form guests.a.needs[0]'],
    data: { expected: 'external' },
  },
  {
    says: "a probe of a guest's own service",
    text: guests('  b: {services: [1/tcp]}\n  a: {needs: [{need: "b:1/tcp", probe: tcp}]}\n'),
    problems: ['4:40 key-not-here guests.a.needs[0]'],
    data: { expected: 'external-need' },
  },
  {
    says: 'a need and an external one in one',
    text: guests('  a: {needs: [{need: b, external: "c:1/tcp"}]}\n'),
    problems: ['3:15 conflict guests.a.needs[0]'],
  },
  {
    says: 'a cycle, as a path',
    text: guests('  a: {needs: [b]}\n  b: {needs: [{need: c, onLoss: keep}]}\n  c: {needs: [a]}\n'),
    problems: ['3:15 cycle guests.a.needs'],
    data: { guests: ['a', 'b', 'c', 'a'] },
  },
  {
    says: 'two cycles apart',
    text: guests('  a: {needs: [b]}\n  b: {needs: [a]}\n  c: {needs: [d]}\n  d: {needs: [c]}\n'),
    problems: ['3:15 cycle guests.a.needs', '5:15 cycle guests.c.needs'],
  },

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
  {
    says: 'a standby that no guest is',
    text: guests('  a: {standby: spar}\n  spare:\n'),
    problems: ['3:16 unknown-guest guests.a.standby'],
    data: { got: 'spar', nearest: 'spare' },
  },
  {
    says: 'a guest as its own standby',
    text: guests('  a: {standby: a}\n'),
    problems: ['3:16 self-standby guests.a.standby'],
  },
  {
    says: 'a standby of two',
    text: guests('  a: {standby: c}\n  b: {standby: c}\n  c:\n'),
    problems: ['4:16 standby-taken guests.b.standby'],
    data: { got: 'c', guest: 'a', first: { file: '/etc/vigia/vigia.yaml', line: 3, column: 16 } },
  },
  {
    says: 'a standby with a standby',
    text: guests('  a: {standby: b}\n  b: {standby: c}\n  c:\n'),
    problems: ['3:16 standby-chain guests.a.standby'],
    data: { got: 'b', guest: 'c' },
  },
  {
    says: 'two that are each the standby of the other',
    text: guests('  a: {standby: b}\n  b: {standby: a}\n'),
    problems: ['3:16 standby-chain guests.a.standby', '4:16 standby-chain guests.b.standby'],
  },
  {
    says: 'a standby that shall not run',
    text: guests('  a: {standby: b}\n  b: {state: disabled}\n'),
    problems: ['3:16 standby-state guests.a.standby'],
    data: { got: 'b', guest: 'a', wish: 'disabled' },
  },
  {
    says: 'a standby without a service of its guest',
    text: guests('  a: {services: [22/tcp, 80/tcp], standby: b}\n  b: {services: [22/tcp]}\n'),
    problems: ['3:44 standby-lacks guests.a.standby'],
    data: { got: 'b', guest: 'a', services: ['80/tcp'] },
  },
  {
    says: 'a need on a standby, by name and by tag',
    text: guests('  a: {standby: b}\n  b: {tags: [t]}\n  c: {needs: [a, b]}\n  d: {needs: ["@t"]}\n'),
    problems: ['5:18 need-on-standby guests.c.needs', '6:15 need-on-standby guests.d.needs'],
    data: { got: 'b', guest: 'a' },
  },
  {
    says: 'a standby that needs what needs its guest',
    text: guests('  a: {standby: b}\n  b: {needs: [c]}\n  c: {needs: [a]}\n'),
    problems: ['4:15 cycle guests.b.needs'],
    data: { guests: ['b', 'c', 'b'] },
  },
  {
    says: 'a standby that needs its guest',
    text: guests('  a: {standby: b}\n  b: {needs: [a]}\n'),
    problems: ['4:15 cycle guests.b.needs'],
  },
  {
    says: 'a machine without memory',
    text: guests('  a: {define: {disks: [x]}}\n'),
    problems: ['3:15 missing-key guests.a.define'],
    data: { expected: 'memory' },
  },
  {
    says: 'a machine with nothing to boot from',
    text: guests('  a: {define: {memory: 1 GiB}}\n'),
    problems: ['3:15 missing-key guests.a.define'],
    data: { expected: 'disks' },
  },
  {
    says: 'an interface without a link',
    text: guests('  a: {define: {memory: 1 GiB, disks: [x], interfaces: [{}]}}\n'),
    problems: ['3:56 missing-key guests.a.define.interfaces[0]'],
  },
  {
    says: 'a MAC that is none',
    text: guests('  a: {define: {memory: 1 GiB, disks: [x], interfaces: [{bridge: b, mac: "01:00:00:00:00:01"}]}}\n'),
    problems: ['3:73 bad-form guests.a.define.interfaces[0].mac'],
  },
  {
    says: 'a MAC taken twice',
    text: guests(
      ['a', 'b']
        .map(
          (name) =>
            `  ${name}: {define: {memory: 1 GiB, disks: [${name}], interfaces: [{bridge: b, mac: "52:54:00:00:00:01"}]}}\n`,
        )
        .join(''),
    ),
    problems: ['4:15 taken-twice guests.b.define.interfaces'],
    data: { what: 'mac', guest: 'a' },
  },
  {
    says: 'a disk taken twice',
    text: guests('  a: {define: {memory: 1 GiB, disks: [x]}}\n  b: {define: {memory: 1 GiB, disks: [x]}}\n'),
    problems: ['4:15 taken-twice guests.b.define.disks'],
    data: { what: 'disk', got: '/etc/vigia/x' },
  },
  {
    says: 'a domain taken twice',
    text: guests('  a: {}\n  b: {domain: a}\n'),
    problems: ['4:15 taken-twice guests.b.domain'],
    data: { what: 'domain' },
  },

  // Further files.
  {
    says: 'a file that is not there',
    text: 'version: 1\ninclude: [b.yaml]\n',
    problems: ['2:11 unreadable include[0]'],
    data: { got: '/etc/vigia/b.yaml', reason: 'ENOENT' },
  },
  {
    says: 'domain XML that is not there',
    text: guests('  a: {xml: a.xml}\n'),
    problems: ['3:12 unreadable guests.a.xml'],
  },
  {
    says: 'files that include each other',
    text: 'version: 1\ninclude: [b.yaml]\n',
    files: { '/etc/vigia/b.yaml': 'include: [vigia.yaml]\n' },
    problems: ['/etc/vigia/b.yaml:1:11 include-cycle include[0]'],
    data: { files: ['/etc/vigia/vigia.yaml', '/etc/vigia/b.yaml', '/etc/vigia/vigia.yaml'] },
  },
  {
    says: 'settings in an included file',
    text: 'version: 1\ninclude: [b.yaml]\n',
    files: { '/etc/vigia/b.yaml': 'settings: {survive: 1}\n' },
    problems: ['/etc/vigia/b.yaml:1:11 key-not-here'],
  },
  {
    says: 'the same guest in two files',
    text: 'version: 1\ninclude: [b.yaml]\nguests: {a: }\n',
    files: { '/etc/vigia/b.yaml': 'guests:\n  a: {}\n' },
    problems: ['/etc/vigia/b.yaml:2:3 duplicate-guest guests.a'],
    data: { first: { file: '/etc/vigia/vigia.yaml', line: 3, column: 10 } },
  },
  {
    says: 'the same host in two files',
    text: 'version: 1\ninclude: [b.yaml]\nhosts: {a: }\n',
    files: { '/etc/vigia/b.yaml': 'hosts:\n  a: {}\n' },
    problems: ['/etc/vigia/b.yaml:2:3 duplicate-host hosts.a'],
  },
]

for (const { says, text, problems, data, files } of cases) {
  test(`refused with its place: ${says}`, () => {
    const result = parseText(text, files, 'vigia')
    assert.ok(!result.ok)
    assert.deepEqual(result.problems.map(brief), problems)
    for (const problem of result.problems) assert.equal(problem.severity, 'error')
    const first: Readonly<Record<string, unknown>> = { ...result.problems[0] }
    for (const [key, value] of Object.entries(data ?? {})) assert.deepEqual(first[key], value, key)
  })
}

const warned: [says: string, text: string, warnings: string[]][] = [
  [
    'a need on a port that is not declared',
    guests('  b: {services: [22/tcp]}\n  a: {needs: ["b:80/tcp"]}\n'),
    ['4:15 undeclared-port guests.a.needs[0]'],
  ],
  [
    'two guests with one address',
    guests('  b: {address: 192.0.2.1}\n  a: {address: 192.0.2.1}\n'),
    ['4:16 taken-twice guests.a.address'],
  ],
  [
    'an external need with the name of a guest',
    guests('  b:\n  a: {needs: [{external: "b:1/tcp"}]}\n'),
    ['4:15 external-is-known guests.a.needs[0]'],
  ],
]

for (const [says, text, warnings] of warned) {
  test(`warned of, and accepted: ${says}`, () => {
    const result = parseText(text)
    assert.ok(result.ok)
    assert.deepEqual(result.warnings.map(brief), warnings)
  })
}

test('all errors at once, in the order of the lines', () => {
  const text = guests('  a: {memory: 1, needs: [x], state: up}\n  b: {grace: 1}\nnmae: x\n')
  const result = parseText(text)
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), [
    '3:15 bad-unit guests.a.memory',
    '3:26 unknown-guest guests.a.needs[0]',
    '3:37 bad-choice guests.a.state',
    '4:14 bad-unit guests.b.grace',
    '5:1 unknown-key nmae',
  ])
})

test('a need on a guest that has errors of its own is not called unknown', () => {
  const result = parseText(guests('  a: {needs: [b, c]}\n  b: {xml: none.xml}\n  c: []\n'))
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), ['4:12 unreadable guests.b.xml', '5:6 wrong-type guests.c'])
})

test('the list of errors is bounded, and says how many more there are', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `  g${index}: {cpus: 0}\n`)
  const result = parseText(guests(lines.join('')))
  assert.ok(!result.ok)
  assert.equal(result.problems.length, 201)
  const last: Problem | undefined = result.problems.at(-1)
  assert.equal(last?.code === 'more' && last.got, 300)
  assert.equal(last?.line, 203)
})

test('aliases work, and a bomb of them is refused', () => {
  const shared = parseText(guests('  a: {tags: &t [web]}\n  b: {tags: *t}\n'))
  assert.ok(shared.ok)
  assert.deepEqual(shared.spec.guests[1]?.tags, ['web'])
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [one, next] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
    bomb.push(`${next}: &${next} [${Array(9).fill(`*${one}`).join(',')}]`)
  }
  const result = parseText(bomb.join('\n'), {}, 'vigia')
  assert.ok(!result.ok)
  assert.equal(result.problems[0]?.code, 'too-many')
})

test('a file too large is refused unread', () => {
  const result = parseText(`version: 1\n#${'x'.repeat(9 * 1024 * 1024)}`)
  assert.ok(!result.ok)
  assert.deepEqual(result.problems.map(brief), ['1:1 too-large'])
})

test('a file of nothing but errors is not read to its end', () => {
  const result = parseText(']'.repeat(1_000_000), {}, 'vigia')
  assert.ok(!result.ok)
  assert.ok(result.problems.length <= 201)
})

test('squares of tags are refused before they fill the memory', () => {
  const many = Array.from({ length: 1_500 }, (_, index) => `  g${index}: {tags: [all], needs: ["@all"]}\n`).join('')
  const result = parseText(guests(many))
  assert.ok(!result.ok)
  assert.ok(result.problems.some((problem) => problem.code === 'too-many' && problem.what === 'needs'))
})

test('ten thousand names that nobody has do not cost ten thousand searches among ten thousand', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `guest-number-${index}: guest-numbre-${index}\n`).join('')
  const startedAt = performance.now()
  const result = parseText(many)
  assert.ok(!result.ok)
  assert.equal(result.problems.length, 201)
  assert.ok(performance.now() - startedAt < 30_000)
})
