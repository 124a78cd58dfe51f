import { guests, refuses } from './problem-cases.ts'

refuses([
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
    data: { from: 4_000, to: 600_000, unit: 'ms' },
  },
  {
    says: 'no lease at all',
    text: `${guests('  a: {}\n')}settings: {lease: 0s}\n`,
    problems: ['4:19 out-of-range settings.lease'],
    data: { got: '0s' },
  },
  {
    says: 'a lease in which nobody would be missed',
    text: `${guests('  a: {}\n')}settings: {lease: 11min}\n`,
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
    says: 'memory whose least is above what it starts with',
    text: guests('  a: {memory: {min: 2 GiB, start: 1 GiB, max: 4 GiB}}\n'),
    problems: ['3:15 memory-order guests.a.memory'],
    data: { expected: 'min-below-all', minMib: 2048, startMib: 1024 },
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
])
