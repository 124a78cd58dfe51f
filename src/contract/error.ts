import Type from 'typebox'
import type { FaultData } from '../model/fault.ts'
import type { Problem } from '../model/file/problem.ts'
import { ApplyRefusalView } from './apply.ts'
import { GuestReasonView } from './moves.ts'
import { modelData, Versioned, type Wire } from './schema.ts'

export const FaultView = modelData<FaultData>({
  type: 'object',
  required: ['code', 'outcome', 'details'],
  properties: {
    code: { type: 'string' },
    outcome: { type: 'string', enum: ['not-done', 'unknown'] },
    details: { type: 'object' },
  },
})

export const ProblemView = modelData<Problem>({
  type: 'object',
  required: ['code', 'severity', 'file', 'line', 'column'],
  properties: {
    code: { type: 'string' },
    severity: { type: 'string', enum: ['error', 'warning'] },
    file: { type: 'string' },
    line: { type: 'number' },
    column: { type: 'number' },
  },
})

/** Body of every answer that is not a success (`application/problem+json`, RFC 9457). `title` is for a log; people get a sentence made of `fault`. */
export const ErrorBody = Type.Object({
  ...Versioned,
  type: Type.Literal('about:blank'),
  title: Type.String(),
  status: Type.Integer(),
  fault: FaultView,
  /** Of a refused cluster file: every problem at once. */
  problems: Type.Optional(Type.Array(ProblemView)),
  /** Of a cluster file that is well formed and would break what runs. */
  refusals: Type.Optional(Type.Array(ApplyRefusalView)),
  /** Of a command: why, for each guest it cannot be done to. */
  reasons: Type.Optional(Type.Array(GuestReasonView)),
})
export type ErrorBody = Wire<typeof ErrorBody>
