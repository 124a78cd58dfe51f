import Type from 'typebox'
import type { Problem } from '../model/file/problem.ts'
import { modelData, orNull, Versioned, type Wire, words } from './schema.ts'

/** What `vigia check -o json` writes. */
export const CheckResult = Type.Object({
  ...Versioned,
  file: Type.String(),
  ok: Type.Boolean(),
  format: orNull(words(['vigia', 'lauxen'])),
  guests: Type.Integer(),
  services: Type.Integer(),
  waves: Type.Integer(),
  problems: Type.Array(
    modelData<Problem>({ type: 'object', required: ['code', 'severity', 'file', 'line', 'column'] }),
  ),
})
export type CheckResult = Wire<typeof CheckResult>
