import { Fault, type FaultCode, type Outcome } from '../../model/fault.ts'

/** What a caller of the gateway can do about a refusal by itself. */
export type Remedy = 'none' | 'elsewhere' | 'authenticate' | 'read-anew' | 'smaller-pages'

/** etcd, or what stands before it, refused or did not answer. `fault` is what the caller of the port is told. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly fault: Fault
  readonly remedy: Remedy

  constructor(fault: Fault, remedy: Remedy) {
    super(fault.message, { cause: fault })
    this.fault = fault
    this.remedy = remedy
  }
}

interface Known {
  readonly begins: string
  readonly code: FaultCode
  /** What is known of a write that was answered so. A read is always `not-done`. */
  readonly write: Outcome
  readonly remedy: Remedy
}

/**
 * etcd's sentences (api/v3rpc/rpctypes of 3.4 and 3.5): the gateway passes them on, and its status alone says too little.
 * `not-done` only where etcd refuses before it proposes, or does not apply what was proposed.
 */
const known: readonly Known[] = [
  { begins: 'etcdserver: no leader', code: 'store-lost', write: 'not-done', remedy: 'elsewhere' },
  { begins: 'etcdserver: too many requests', code: 'store-busy', write: 'not-done', remedy: 'none' },
  // A member checks its space before it proposes, and once more after it applied: the same sentence for both.
  { begins: 'etcdserver: mvcc: database space exceeded', code: 'disk-full', write: 'unknown', remedy: 'none' },
  { begins: 'etcdserver: request is too large', code: 'limit-reached', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: too many operations', code: 'limit-reached', write: 'not-done', remedy: 'none' },
  { begins: 'grpc: received message larger', code: 'limit-reached', write: 'not-done', remedy: 'smaller-pages' },
  { begins: 'etcdserver: permission denied', code: 'not-allowed', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: authentication failed', code: 'not-allowed', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: authentication is not enabled', code: 'not-allowed', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: user name is empty', code: 'not-allowed', write: 'not-done', remedy: 'authenticate' },
  { begins: 'etcdserver: user name not found', code: 'not-allowed', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: invalid auth token', code: 'not-allowed', write: 'not-done', remedy: 'authenticate' },
  {
    begins: 'etcdserver: revision of auth store is old',
    code: 'not-allowed',
    write: 'not-done',
    remedy: 'authenticate',
  },
  { begins: 'etcdserver: corrupt cluster', code: 'store-corrupt', write: 'not-done', remedy: 'none' },
  // A change of members that is refused before it is proposed.
  { begins: 'etcdserver: unhealthy cluster', code: 'store-busy', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: too many learner members', code: 'store-busy', write: 'not-done', remedy: 'none' },
  { begins: 'etcdserver: re-configuration failed', code: 'no-quorum', write: 'not-done', remedy: 'none' },
  {
    begins: 'etcdserver: can only promote a learner member which is in sync',
    code: 'store-busy',
    write: 'not-done',
    remedy: 'none',
  },
  { begins: 'etcdserver: mvcc: required revision', code: 'store-lost', write: 'not-done', remedy: 'read-anew' },
]

export interface Told {
  readonly endpoint: string
  readonly writes: boolean
  readonly status: number
  readonly text: string
}

/** An answer that is a refusal: etcd's own, or that of whatever answers HTTP there. */
export function refusalOf({ endpoint, writes, status, text }: Told): Refusal {
  const details = { path: endpoint, text: text.slice(0, 300) }
  const match = known.find(({ begins }) => text.startsWith(begins))
  if (match !== undefined) {
    const { code, write, remedy } = match
    const full = code === 'limit-reached' ? { ...details, limit: 'etcd' } : details
    return new Refusal(new Fault(code, writes ? write : 'not-done', full), remedy)
  }
  // No such path: not etcd, or one without this gateway. Nothing was done by it.
  const outcome = writes && status !== 404 ? 'unknown' : 'not-done'
  return new Refusal(new Fault('store-lost', outcome, details), outcome === 'unknown' ? 'none' : 'elsewhere')
}

/** No answer, or one that cannot be understood. */
export function lost(endpoint: string, text: string, outcome: Outcome, cause?: unknown): Refusal {
  const fault = new Fault('store-lost', outcome, { path: endpoint, text: text.slice(0, 300) }, { cause })
  return new Refusal(fault, outcome === 'unknown' ? 'none' : 'elsewhere')
}
