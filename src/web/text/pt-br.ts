export { spoken } from '../../text/pt-br/spoken.ts'
export { web } from '../../text/pt-br/web.ts'
