import Type from 'typebox'
import type { FaultData } from '../model/fault.ts'
import { modelData, orNull, Versioned, type Wire, words } from './schema.ts'

/** The host's name said again: an oath about the wrong host costs a guest its data. */
export const SwearDeadRequest = Type.Object(
  { isDead: Type.String({ minLength: 1, maxLength: 100 }) },
  { additionalProperties: false },
)
export type SwearDeadRequest = Wire<typeof SwearDeadRequest>

export const ArmRequest = Type.Object(
  {
    armed: Type.Boolean(),
    /** Of a disarming: for so long only, counted from when each daemon saw it. */
    forMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 * 86_400_000 })),
    /** Of an arming: although some hosts could not be proven dead. */
    force: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type ArmRequest = Wire<typeof ArmRequest>

/** What a command without guests came to. */
export const DoneResult = Type.Object({
  ...Versioned,
  /** False: it was so already. */
  changed: Type.Boolean(),
})
export type DoneResult = Wire<typeof DoneResult>

/** `takePower`: the host's power is really taken and given back. */
export const FenceTestRequest = Type.Object({ takePower: Type.Boolean() }, { additionalProperties: false })
export type FenceTestRequest = Wire<typeof FenceTestRequest>

const Power = words(['on', 'off'])

export const FenceTestResult = Type.Object({
  ...Versioned,
  devices: Type.Array(
    Type.Object({
      device: Type.String(),
      good: Type.Boolean(),
      steps: Type.Array(
        Type.Object({
          step: words(['parameters', 'read', 'off', 'reads-off', 'on', 'reads-on']),
          good: Type.Boolean(),
          power: orNull(Power),
          fault: orNull(modelData<FaultData>({ type: 'object', required: ['code', 'outcome', 'details'] })),
        }),
      ),
    }),
  ),
})
export type FenceTestResult = Wire<typeof FenceTestResult>
