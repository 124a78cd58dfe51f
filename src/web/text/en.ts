export { spoken } from '../../text/en/spoken.ts'
export { web } from '../../text/en/web.ts'
