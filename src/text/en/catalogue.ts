import { cli } from './cli.ts'
import { units } from './units.ts'

/** English. It defines the keys and arguments that every other language has to have. */
export const en = { cli, units } as const
