import { Fault, type FaultCode, type Outcome } from '../../model/fault.ts'

/** SQLite's primary result codes that an operator can do something about (sqlite.org/rescode.html). */
const faultOfCode: Readonly<Record<number, FaultCode>> = {
  3: 'not-allowed', // PERM
  5: 'store-busy', // BUSY
  6: 'store-busy', // LOCKED
  7: 'store-lost', // NOMEM
  8: 'not-allowed', // READONLY
  10: 'store-lost', // IOERR
  11: 'store-corrupt', // CORRUPT
  13: 'disk-full', // FULL
  14: 'file-unreadable', // CANTOPEN
  15: 'store-lost', // PROTOCOL
  18: 'limit-reached', // TOOBIG
  26: 'store-corrupt', // NOTADB
}

const faultOfErrno: Readonly<Record<string, FaultCode>> = {
  EACCES: 'not-allowed',
  EPERM: 'not-allowed',
  EROFS: 'not-allowed',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
}

/** Any error of SQLite or of the file system around it, as a Fault that names the file. `outcome`: what is known if the error itself does not say. */
export function storageFault(error: unknown, path: string, outcome: Outcome): Fault {
  if (error instanceof Fault) return error
  const { errcode, code, message } = partsOf(error)
  if (errcode !== null) {
    const text = `${message} (SQLite ${errcode})`
    return new Fault(faultOfCode[errcode & 0xff] ?? 'internal', outcome, { path, file: path, text }, { cause: error })
  }
  if (code !== null) {
    const details = { path, file: path, text: message }
    return new Fault(faultOfErrno[code] ?? 'file-unreadable', outcome, details, { cause: error })
  }
  return new Fault('internal', 'unknown', { path, text: message }, { cause: error })
}

/** After an I/O error in COMMIT the commit record may be on the disk and be found after a crash; every other refusal left nothing. */
export function commitOutcome(error: unknown): Outcome {
  const { errcode } = partsOf(error)
  return errcode === null || (errcode & 0xff) === 10 ? 'unknown' : 'not-done'
}

function partsOf(error: unknown): { errcode: number | null; code: string | null; message: string } {
  const record: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {}
  return {
    errcode: typeof record.errcode === 'number' ? record.errcode : null,
    code: typeof record.code === 'string' && typeof record.syscall === 'string' ? record.code : null,
    message: error instanceof Error ? error.message : String(error),
  }
}
