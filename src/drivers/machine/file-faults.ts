import { Fault } from '../../model/fault.ts'

/** What a failed file operation was for, so that its fault can say so. */
export type FileUse =
  | { readonly kind: 'disk'; readonly path: string; readonly guest: string }
  | { readonly kind: 'file'; readonly path: string }

const fullCodes = ['ENOSPC', 'EDQUOT', 'EFBIG']
const refusedCodes = ['EACCES', 'EPERM', 'EROFS']

/** A file system's error as a fault. Everything made so far was made under another name, so nothing is done. */
export function fileFault(error: unknown, use: FileUse): Fault {
  if (error instanceof Fault) return error
  const code = systemCode(error)
  const { path } = use
  const text = error instanceof Error ? error.message : String(error)
  const options = { cause: error }
  if (fullCodes.includes(code)) return new Fault('disk-full', 'not-done', { path, text: code }, options)
  if (refusedCodes.includes(code)) return new Fault('not-allowed', 'not-done', { path, text: code }, options)
  if (use.kind === 'disk') return new Fault('disk-missing', 'not-done', { path, guest: use.guest, text }, options)
  return new Fault('file-unreadable', 'not-done', { file: path, text }, options)
}

export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
