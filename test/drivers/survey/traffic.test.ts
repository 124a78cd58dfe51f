import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseConntrack } from '../../../src/drivers/survey/conntrack.ts'
import { mergedFlows } from '../../../src/drivers/survey/flows.ts'
import { guestFlows } from '../../../src/drivers/survey/guest-sockets.ts'

const table = `ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.2 dst=10.0.0.1 sport=45678 dport=5432 src=10.0.0.1 dst=10.0.0.2 sport=5432 dport=45678 [ASSURED] mark=0 zone=0 use=2
ipv4     2 tcp      6 431998 ESTABLISHED src=10.0.0.2 dst=10.0.0.1 sport=45679 dport=5432 src=10.0.0.1 dst=10.0.0.2 sport=5432 dport=45679 [ASSURED] mark=0 zone=0 use=2
ipv4     2 tcp      6 100 TIME_WAIT src=10.0.0.2 dst=10.0.0.1 sport=45680 dport=80 src=10.0.0.1 dst=10.0.0.2 sport=80 dport=45680 [ASSURED] mark=0 use=1
ipv4     2 tcp      6 50 SYN_SENT src=10.0.0.2 dst=10.0.0.9 sport=1 dport=81 [UNREPLIED] src=10.0.0.9 dst=10.0.0.2 sport=81 dport=1 mark=0 use=1
ipv4     2 udp      17 29 src=10.0.0.2 dst=192.0.2.53 sport=5353 dport=53 src=10.0.0.53 dst=10.0.0.2 sport=5300 dport=5353 mark=0 use=1
tcp      6 431999 ESTABLISHED src=2001:db8::2 dst=2001:db8::1 sport=4000 dport=22 src=2001:db8::1 dst=2001:db8::2 sport=22 dport=4000 [ASSURED] mark=0 use=1
ipv4     2 icmp     1 29 src=10.0.0.2 dst=10.0.0.1 type=8 code=0 id=1 src=10.0.0.1 dst=10.0.0.2 type=0 code=0 id=1 mark=0 use=1
`

test('tracked connections: answered ones only, to where their address was translated, counted', () => {
  assert.deepEqual(parseConntrack(table), [
    { client: '10.0.0.2', server: '10.0.0.1', port: 5432, protocol: 'tcp', count: 2 },
    { client: '10.0.0.2', server: '10.0.0.53', port: 5300, protocol: 'udp', count: 1 },
    { client: '2001:db8::2', server: '2001:db8::1', port: 22, protocol: 'tcp', count: 1 },
  ])
})

/** 10.0.0.1 listens on 22; 10.0.0.2 is connected to it; it is connected to 10.0.0.3:5432, and to itself. */
const sockets = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100000A:0016 0200000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 24 10 -1
   2: 0100000A:C000 0300000A:1538 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 24 10 -1
   3: 0100007F:C001 0100007F:1538 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0 20 4 24 10 -1
`
const sockets6 = `  sl  local_address                         remote_address                        st
   0: 0000000000000000FFFF00000100000A:C002 0000000000000000FFFF00000400000A:0050 01
   1: B80D0120000000000000000001000000:C003 B80D0120000000000000000002000000:01BB 01
`

test('the sockets of a guest: who listens is the server, loopback is nobody', () => {
  assert.deepEqual(guestFlows(sockets, sockets6), [
    { client: '10.0.0.2', server: '10.0.0.1', port: 22, protocol: 'tcp', count: 1 },
    { client: '10.0.0.1', server: '10.0.0.3', port: 5432, protocol: 'tcp', count: 1 },
    { client: '10.0.0.1', server: '10.0.0.4', port: 80, protocol: 'tcp', count: 1 },
    { client: '2001:db8::1', server: '2001:db8::2', port: 443, protocol: 'tcp', count: 1 },
  ])
})

test('what two places tell of the same connections is counted once', () => {
  const flow = { client: 'a', server: 'b', port: 1, protocol: 'tcp' } as const
  assert.deepEqual(mergedFlows([{ ...flow, count: 2 }], [{ ...flow, count: 3 }], [{ ...flow, count: 1 }]), [
    { ...flow, count: 3 },
  ])
})

test('any text is read without harm', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat(table.length).map((end) => table.slice(end)),
      ),
      (text) => {
        parseConntrack(text)
        guestFlows(text, text)
      },
    ),
  )
})
