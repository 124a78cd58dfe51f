/**
 * usage: node lab/console-door-server.ts ID PORT
 *
 * The door to the console of a lab that stays up without the process that started it.
 */
import { ConsoleDoor } from './console-door.ts'
import { labFolder } from './state.ts'

const [id = '', port = ''] = process.argv.slice(2)

await ConsoleDoor.open(labFolder(id), Number(port))
