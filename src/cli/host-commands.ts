import type { CommandSpec } from './command.ts'

/** What `vigia cluster` does. */
export const clusterActions = [
  'init',
  'token',
  'join',
  'leave',
  'members',
  'backup',
  'restore',
  'stand-down',
  'rotate-ca',
] as const

/** What `vigia top` may be sorted by. */
export const topOrders = ['cpu', 'memory', 'disk', 'net', 'name'] as const

/** Commands that look at the host itself. */
export const hostCommands: readonly CommandSpec[] = [
  {
    name: 'import',
    arguments: [],
    options: [
      { name: 'libvirt-socket', value: 'PATH', complete: 'files', help: 'option-libvirt-socket' },
      { name: 'uri', value: 'URI', help: 'option-libvirt-uri' },
      { name: 'ports', value: 'LIST', help: 'option-ports' },
      { name: 'rate', value: 'N', help: 'option-rate' },
      { name: 'save', value: 'FILE', complete: 'files', help: 'option-save' },
    ],
    summary: 'import-summary',
    about: 'import-about',
    examples: [
      { line: 'vigia import --save vigia.yaml', help: 'import-example' },
      { line: 'vigia import --ports 22,80,443,5432 --rate 10', help: 'import-example-ports' },
    ],
    exits: ['exit-ok', 'exit-usage', 'exit-no-libvirt'],
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'top',
    arguments: [{ name: 'GUEST', required: false, many: true, complete: 'guests' }],
    options: [
      { name: 'sort', value: 'FIGURE', choices: topOrders, help: 'option-sort' },
      { name: 'once', help: 'option-once' },
    ],
    summary: 'top-summary',
    about: 'top-about',
    examples: [
      { line: 'vigia top', help: 'top-example' },
      { line: 'vigia top @mail --sort disk', help: 'top-example-some' },
    ],
    exits: ['exit-ok', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/top.ts'),
  },
  {
    name: 'console',
    arguments: [{ name: 'GUEST', required: false, many: false, complete: 'guests' }],
    options: [{ name: 'force', help: 'option-force-console' }],
    summary: 'console-summary',
    about: 'console-about',
    examples: [
      { line: 'vigia console', help: 'console-example-link' },
      { line: 'vigia console web', help: 'console-example' },
    ],
    exits: ['exit-ok-console', 'exit-usage', 'exit-refused', 'exit-unavailable', 'exit-no-such'],
    load: () => import('./commands/console.ts'),
  },
  {
    name: 'cluster',
    arguments: [
      { name: clusterActions.join('|'), required: true, many: false, complete: [...clusterActions] },
      { name: 'TOKEN|MEMBER|FILE', required: false, many: false, complete: 'files' },
    ],
    options: [
      { name: 'name', value: 'NAME', help: 'option-cluster-name' },
      { name: 'address', value: 'ADDRESS', help: 'option-cluster-address' },
      { name: 'etcd', value: 'URLS', help: 'option-cluster-etcd' },
      { name: 'etcd-ca', value: 'FILE', complete: 'files', help: 'option-cluster-etcd-ca' },
      { name: 'etcd-cert', value: 'FILE', complete: 'files', help: 'option-cluster-etcd-cert' },
      { name: 'etcd-key', value: 'FILE', complete: 'files', help: 'option-cluster-etcd-key' },
      { name: 'libvirt-uri', value: 'URI', help: 'option-cluster-libvirt-uri' },
      { name: 'witness', help: 'option-cluster-witness' },
      { name: 'replaces', value: 'MEMBER', help: 'option-cluster-replaces' },
      { name: 'replaced', help: 'option-cluster-replaced' },
      { name: 'forget', help: 'option-cluster-forget' },
      { name: 'alone', help: 'option-cluster-alone' },
      { name: 'wait', negated: true, help: 'option-cluster-no-wait' },
      { name: 'external', help: 'option-cluster-external' },
    ],
    summary: 'cluster-summary',
    about: 'cluster-about',
    examples: [
      { line: 'vigia cluster init --name office --address 192.0.2.1', help: 'cluster-example-init' },
      { line: 'vigia cluster token', help: 'cluster-example-token' },
      { line: 'vigia cluster join TOKEN', help: 'cluster-example-join' },
      { line: 'vigia cluster members', help: 'cluster-example-members' },
      { line: 'vigia cluster rotate-ca', help: 'cluster-example-rotate-ca' },
      { line: 'vigia cluster backup /root/store.snapshot', help: 'cluster-example-backup' },
    ],
    exits: ['exit-ok', 'exit-members', 'exit-usage', 'exit-no-quorum'],
    load: () => import('./commands/cluster.ts'),
  },
]
