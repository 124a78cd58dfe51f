import { cli } from './cli.ts'
import { checks, remedies } from './doctor.ts'
import { spoken } from './spoken.ts'

/** English. It defines the keys and arguments that every other language has to have. */
export const en = { cli, checks, remedies, ...spoken } as const
