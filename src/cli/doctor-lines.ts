import type { DoctorCheck } from '../contract/doctor.ts'
import type { CliContext } from './context.ts'

/** PASS, WARN, FAIL: the same in every language, for the eye and for grep. */
export function doctorLines({ text, paint }: CliContext, checks: readonly DoctorCheck[]): string[] {
  const words = { pass: paint.good('PASS'), warn: paint.busy('WARN'), fail: paint.bad('FAIL') }
  const count = (result: DoctorCheck['result']): number => checks.filter((check) => check.result === result).length
  return [
    ...checks.flatMap((check) => {
      const { sentence, remedy } = text.check(check)
      const line = `${words[check.result]}  ${check.subject === null ? '' : `${check.subject}: `}${sentence}`
      return remedy === null ? [line] : [line, `      ${remedy}`]
    }),
    '',
    text.cli('doctor-summary-line', { pass: count('pass'), warn: count('warn'), fail: count('fail') }),
  ]
}
