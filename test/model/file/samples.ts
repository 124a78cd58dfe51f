import type { ClusterSpec } from '../../../src/model/cluster.ts'
import { type ClusterFileResult, parseClusterFile } from '../../../src/model/file/parse-cluster-file.ts'
import type { Problem } from '../../../src/model/file/problem.ts'

/** Every key of the format at least once. */
export const fullYaml = `$schema: https://example.com/vigia-1.schema.json
version: 1
name: everything
defaults:
  services: [22/tcp]
  state: running
  startAtBoot: true
  priority: 5
  tags: [all]
  memory: 512 MiB
  cpus: 1
  grace: 30s
  restarts: 2
  relocations: 0
  backOff: { initial: 2s, max: 1min }
  stableAfter: 5min
  bootLimit: 2min
  shutdownLimit: 90s
  onRefusedShutdown: fail
  onPowerOff: leave
  probe: { interval: 2s, timeout: 500ms, fall: 2, rise: 2 }
  failback: false
  liveMigration: false
  address: { find: [agent, name] }
  define: { hypervisor: qemu, cpuModel: max }
hosts:
  h1:
    memory: 8 GiB
    cpus: 8
    reserved: 1 GiB
    overcommit: 1.5
    headroom: 2 GiB
    addresses: [192.0.2.11, "2001:db8::11"]
    migrationAddress: 198.51.100.11
    watchdog: none
    fence:
      - agent: fence_ipmilan
        options: { ip: 192.0.2.111, lanplus: 1, username: vigia }
        secrets: { password: secrets/h1 }
        timeout: 30s
      - { agent: /opt/bin/fence_pdu, options: { plug: "07" } }
      - { agent: fence_ipmilan, options: { ip: 198.51.100.111 } }
  h2:
guests:
  plain:
  adopted:
    domain: old name
    host: h1
    address: 192.0.2.1
    services:
      - 53/udp
      - { port: 80/tcp, probe: http, path: /x, host: example.com, status: 200, body: ok, interval: 5s }
      - { port: 443/tcp, probe: https, verifyCertificate: true, status: 200-299 }
      - { port: 54/udp, probe: dns, question: example.com, recordType: SOA }
      - { port: 123/udp, payloadHex: "e30004", answer: required, timeout: 2s, fall: 5, rise: 3 }
      - { port: 124/udp, payload: ping }
      - { name: job, probe: command, command: [/bin/true, "-x"] }
      - agent
    memory: { min: 256 MiB, start: 1 GiB, run: 512 MiB, max: 2 GiB }
    needs:
      - plain
      - plain:22/tcp
      - { need: "made:22/tcp", onLoss: restart }
      - 198.51.100.1:3306/tcp
      - { external: "db.example.com:53/udp", onLoss: keep, probe: dns, question: example.com, interval: 10s }
      - "[2001:db8::1]:22/tcp"
  made:
    define:
      memory: 256 MiB
      cpus: 2
      cpuModel: host-model
      machine: q35
      firmware: uefi
      tpm: true
      disks:
        - a.qcow2
        - { path: /dev/vg/a, format: raw, bus: scsi }
        - { path: b.img, bus: sata, readOnly: true, create: 1 GiB }
      interfaces:
        - { bridge: br0, vlan: 10 }
        - { network: default, mac: "52:54:00:AA:BB:CC", model: e1000 }
      boot: disk
      cloudInit:
        userData: |
          #cloud-config
          hostname: made
        metaData: { file: meta }
        networkConfig: "version: 2"
      guestAgent: true
      consoles: { serial: false, serialLog: made.log, vnc: true }
  kernel:
    standby: own
    define:
      memory: { start: 128 MiB, run: 96 MiB, max: 256 MiB }
      boot: { kernel: vmlinuz, initrd: initrd, commandLine: quiet }
  own:
    xml: own.xml
rules:
  - { kind: hosts, guests: [plain, "@all"], hosts: { h1: 2, h2: 1 }, strict: true }
  - { kind: hosts, guests: [plain], hosts: [h1] }
  - { kind: together, guests: [plain, made] }
  - { kind: apart, guests: [plain, adopted], strict: true }
settings:
  onHostShutdown: freeze
  lease: 20s
  freeze: 1h
  coldStartWait: 1min
  survive: 1
  survivePolicy: warn
  maxMovesAtOnce: 4
  migrationBandwidth: 100 MiB
  migrationTimeLimit: 10min
  onMigrationTimeLimit: post-copy
  hook: /etc/vigia/hook
  historyDays: 30
  historyMaxEvents: 5000
`

export type Files = Readonly<Record<string, string>>

/** As the file /etc/vigia/vigia.yaml, with the others beside it under their absolute paths. */
export function parseText(
  text: string,
  files: Files = {},
  format: 'auto' | 'vigia' | 'lauxen' = 'auto',
): ClusterFileResult {
  const readFile = (path: string) => (Object.hasOwn(files, path) ? files[path]! : { reason: 'ENOENT' })
  return parseClusterFile({ path: '/etc/vigia/vigia.yaml', text, readFile, format })
}

export function specOf(text: string, files: Files = {}): ClusterSpec {
  const result = parseText(text, files)
  if (!result.ok) throw new Error(result.problems.map(brief).join('\n'))
  return result.spec
}

/** `3:5 unknown-key guests.a.sevices` */
export function brief(problem: Problem): string {
  const file = problem.file === '/etc/vigia/vigia.yaml' ? '' : `${problem.file}:`
  return `${file}${problem.line}:${problem.column} ${problem.code}${problem.path === '' ? '' : ` ${problem.path}`}`
}

export const fullFiles: Files = { '/etc/vigia/own.xml': '<domain/>', '/etc/vigia/meta': 'instance-id: made\n' }
