import { type Derivation, derive } from './derive.ts'

/** The process that makes hashes: one after the other, until the daemon lets go of it. Secrets come through the pipe between the two only. */
process.on('message', (wanted: Derivation) => process.send?.(derive(wanted)))

// Ctrl-C in a terminal goes to both; the daemon ends in order, and this one with it.
process.on('SIGINT', () => {})
