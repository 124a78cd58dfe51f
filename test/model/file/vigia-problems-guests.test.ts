import { guests, refuses } from './problem-cases.ts'

refuses([
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
])
