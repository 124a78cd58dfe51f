import type { Catalogue } from '../text.ts'
import { cli } from './cli.ts'
import { units } from './units.ts'

/** Brazilian Portuguese, in the words of docs/glossary.md. */
export const ptBr: Catalogue = { cli, units }
