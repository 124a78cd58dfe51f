import Type from 'typebox'
import type { FaultData, FaultDetails } from '../model/fault.ts'
import { modelData, orNull, StringOrNull, Versioned, type Wire, words } from './schema.ts'

/** One check of `vigia doctor`. `id` and `details` make its sentence; a failed one may carry the fault that says why. */
export const DoctorCheck = Type.Object({
  id: Type.String(),
  result: words(['pass', 'warn', 'fail']),
  /** What was looked at: a guest, a path, a host. */
  subject: StringOrNull,
  details: modelData<FaultDetails>({ type: 'object' }),
  fault: orNull(modelData<FaultData>({ type: 'object', required: ['code', 'outcome', 'details'] })),
})
export type DoctorCheck = Wire<typeof DoctorCheck>

export const DoctorResult = Type.Object({ ...Versioned, checks: Type.Array(DoctorCheck) })
export type DoctorResult = Wire<typeof DoctorResult>

/** `/healthz` and `/readyz`: what keeps the daemon from its work. */
export const HealthView = Type.Object({
  ...Versioned,
  ok: Type.Boolean(),
  faults: Type.Array(modelData<FaultData>({ type: 'object', required: ['code', 'outcome', 'details'] })),
})
export type HealthView = Wire<typeof HealthView>
