import { roles } from '../model/access.ts'
import type { CommandSpec, OptionSpec } from './command.ts'

export const userActions = ['list', 'add', 'password', 'role', 'totp', 'remove'] as const
export const tokenActions = ['list', 'create', 'revoke'] as const

const role: OptionSpec = { name: 'role', value: 'ROLE', choices: roles, help: 'option-role' }
const tags: OptionSpec = { name: 'tags', value: 'TAG,…', help: 'option-tags' }

/** Who may come in over the network, and what they did. */
export const accessCommands: readonly CommandSpec[] = [
  {
    name: 'user',
    arguments: [
      { name: userActions.join('|'), required: true, many: false, complete: userActions },
      { name: 'NAME', required: false, many: false, complete: [] },
      { name: 'ROLE', required: false, many: false, complete: roles },
    ],
    options: [role, tags, { name: 'off', help: 'option-totp-off' }],
    summary: 'user-summary',
    about: 'user-about',
    examples: [
      { line: 'vigia user add ana --role administrator', help: 'user-example-add' },
      { line: 'vigia user role bia operator --tags front,mail', help: 'user-example-role' },
      { line: 'vigia user totp ana', help: 'user-example-totp' },
      { line: 'vigia user add robot', help: 'user-example-script' },
    ],
    exits: ['exit-ok', 'exit-refused', 'exit-unavailable', 'exit-no-such-account'],
    load: () => import('./commands/user.ts'),
  },
  {
    name: 'token',
    arguments: [
      { name: tokenActions.join('|'), required: true, many: false, complete: tokenActions },
      { name: 'NAME|ID', required: false, many: false, complete: [] },
    ],
    options: [role, tags, { name: 'for', value: 'DURATION', help: 'option-token-for' }],
    summary: 'token-summary',
    about: 'token-about',
    examples: [
      { line: 'vigia token create prometheus --role viewer --for 365d', help: 'token-example-create' },
      { line: 'vigia token revoke 3f9a0c117be2', help: 'token-example-revoke' },
    ],
    exits: ['exit-ok', 'exit-refused', 'exit-unavailable', 'exit-no-such-account'],
    load: () => import('./commands/token.ts'),
  },
  {
    name: 'audit',
    arguments: [],
    options: [
      { name: 'who', value: 'NAME', help: 'option-audit-who' },
      { name: 'since', value: 'TIME', help: 'option-since' },
      { name: 'limit', short: 'n', value: 'COUNT', help: 'option-audit-limit' },
    ],
    summary: 'audit-summary',
    about: 'audit-about',
    examples: [{ line: 'vigia audit --since 1d --who ana', help: 'audit-example' }],
    exits: ['exit-ok', 'exit-unavailable'],
    load: () => import('./commands/audit.ts'),
  },
]
