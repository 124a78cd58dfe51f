import { foreseeWords } from '../../text/pt-br/foresee-words.ts'
import { planWords } from '../../text/pt-br/plan.ts'
import { reportWords } from '../../text/pt-br/report-words.ts'

export { reportPages } from '../../text/pt-br/report-pages.ts'
export { units } from '../../text/pt-br/units.ts'
export const reports = { ...reportWords, ...foreseeWords, ...planWords }
