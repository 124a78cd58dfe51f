import { guests, refuses } from './problem-cases.ts'

refuses([
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
])
