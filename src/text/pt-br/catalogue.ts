import type { Catalogue } from '../text-of.ts'
import { cli } from './cli.ts'
import { checks, remedies } from './doctor.ts'
import { spoken } from './spoken.ts'

/** Brazilian Portuguese, in the words of docs/glossary.md. */
export const ptBr: Catalogue = { cli, checks, remedies, ...spoken }
