/** One entry of an initramfs. Folders are made as needed. */
export interface CpioFile {
  readonly path: string
  readonly content: Buffer
  readonly executable?: boolean
}

const MAGIC = '070701'
const FOLDER = 0o040755
const FILE = 0o100644
const PROGRAM = 0o100755

/** An archive in the "newc" format, as the kernel unpacks it (Documentation/driver-api/early-userspace/buffer-format). Same files, same bytes. */
export function cpio(files: readonly CpioFile[], folders: readonly string[]): Buffer {
  const parts: Buffer[] = []
  let inode = 1
  const add = (path: string, mode: number, content: Buffer): void => {
    parts.push(header(path, mode, content.length, inode++), padded(content))
  }
  for (const folder of allFolders(files, folders)) add(folder, FOLDER, Buffer.alloc(0))
  for (const file of files) add(file.path, file.executable ? PROGRAM : FILE, file.content)
  add('TRAILER!!!', 0, Buffer.alloc(0))
  return Buffer.concat(parts)
}

function allFolders(files: readonly CpioFile[], folders: readonly string[]): string[] {
  const all = new Set<string>()
  const addWithParents = (folder: string): void => {
    const steps = folder.split('/')
    for (let length = 1; length <= steps.length; length++) all.add(steps.slice(0, length).join('/'))
  }
  for (const folder of folders) addWithParents(folder)
  for (const file of files) if (file.path.includes('/')) addWithParents(file.path.slice(0, file.path.lastIndexOf('/')))
  return [...all].sort()
}

function header(path: string, mode: number, size: number, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`)
  const links = mode === FOLDER ? 2 : 1
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length, 0]
  const numbers = fields.map((field) => field.toString(16).padStart(8, '0')).join('')
  return padded(Buffer.concat([Buffer.from(MAGIC + numbers), name]))
}

function padded(content: Buffer): Buffer {
  const rest = (4 - (content.length % 4)) % 4
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(rest)])
}
