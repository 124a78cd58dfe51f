import type { Clock } from '../../ports/clock.ts'
import { Accounts } from './accounts.ts'
import { Identity } from './identity.ts'
import type { AccessPowers } from './powers.ts'
import { AccessRecords, type RecordsPorts } from './records.ts'
import { SignIn } from './sign-in.ts'

/** All about who may come in, in one place. */
export interface AccessDesk {
  readonly powers: AccessPowers
  readonly records: AccessRecords
  readonly identity: Identity
  readonly signIn: SignIn
  readonly accounts: Accounts
  readonly clock: Clock
  /** What authenticators call it. */
  readonly cluster: string
}

export function createDesk(powers: AccessPowers, ports: RecordsPorts, cluster: string): AccessDesk {
  const { clock } = ports
  const records = new AccessRecords(ports)
  return {
    ...{ powers, records, clock, cluster },
    identity: new Identity(records, clock, () => powers.urls()),
    signIn: new SignIn(records, powers, clock),
    accounts: new Accounts(records, powers, clock),
  }
}
