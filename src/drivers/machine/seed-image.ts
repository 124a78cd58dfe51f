import { Fault } from '../../model/fault.ts'

/** A file of the image's only folder. */
export interface SeedFile {
  /** As the guest sees it: letters, digits, `-`, `.`, at most 60. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** What cloud-init looks for (NoCloud, "volume label cidata"). */
export const seedLabel = 'CIDATA'

/** All files together; cloud-init's own data is far below, and an image is held in memory. */
export const seedMaxBytes = 8 * 1024 * 1024

const sectorBytes = 2048

/** ECMA-119 leaves sixteen sectors to the system, then come the descriptors, then what they point to. */
const sectors = {
  primary: 16,
  joliet: 17,
  terminator: 18,
  primaryPaths: 19,
  primaryPathsBig: 20,
  jolietPaths: 21,
  jolietPathsBig: 22,
  primaryRoot: 23,
  jolietRoot: 24,
  files: 25,
} as const

/** How one of the two folders is written: the plain one with short names, Joliet's with the names as they are. */
interface Tree {
  readonly pathsSector: number
  readonly rootSector: number
  readonly fileName: (name: string, index: number) => Buffer
  readonly text: (text: string, bytes: number) => Buffer
}

const primaryTree: Tree = {
  pathsSector: sectors.primaryPaths,
  rootSector: sectors.primaryRoot,
  // Eight characters at most; who reads this folder does not know Joliet and gets numbers to tell them apart.
  fileName: (name, index) =>
    Buffer.from(
      `${name
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]/g, '')
        .slice(0, 7)}${index};1`,
    ),
  text: (text, bytes) => Buffer.from(text.padEnd(bytes)),
}

const jolietTree: Tree = {
  pathsSector: sectors.jolietPaths,
  rootSector: sectors.jolietRoot,
  fileName: (name) => bigEndianText(name),
  text: (text, bytes) => bigEndianText(text.padEnd(bytes >> 1)).subarray(0, bytes),
}

/**
 * An ISO 9660 image (ECMA-119) with Joliet names that holds the files. Pure: the same files give the same bytes,
 * without a date. Faults: `limit-reached` above `seedMaxBytes`.
 */
export function seedImage(files: readonly SeedFile[]): Buffer {
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0)
  if (total > seedMaxBytes) {
    throw new Fault('limit-reached', 'not-done', { limit: seedMaxBytes, what: 'bytes of cloud-init data', got: total })
  }
  const placed = place(files)
  const last = placed.at(-1)
  const image = Buffer.alloc((last ? last.sector + sectorsOf(last.bytes.length) : sectors.files) * sectorBytes)
  for (const tree of [primaryTree, jolietTree]) writeTree(image, tree, placed)
  writeDescriptor(image, sectors.primary, 1, primaryTree)
  writeDescriptor(image, sectors.joliet, 2, jolietTree)
  image.write('\xffCD001\x01', sectors.terminator * sectorBytes, 'latin1')
  for (const file of placed) image.set(file.bytes, file.sector * sectorBytes)
  return image
}

interface PlacedFile extends SeedFile {
  readonly sector: number
}

function place(files: readonly SeedFile[]): readonly PlacedFile[] {
  let sector: number = sectors.files
  return files.map((file) => {
    const placed = { ...file, sector }
    sector += sectorsOf(file.bytes.length)
    return placed
  })
}

/** An empty file still gets a sector, so that no two begin at the same place. */
function sectorsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / sectorBytes))
}

/** The folder itself and the table of folders (one line, in both byte orders). */
function writeTree(image: Buffer, tree: Tree, files: readonly PlacedFile[]): void {
  const records = [
    folderRecord(tree, 0),
    folderRecord(tree, 1),
    // The standard wants them sorted; the names are few and plain.
    ...files
      .map((file, index) => ({ file, name: tree.fileName(file.name, index) }))
      .toSorted((a, b) => Buffer.compare(a.name, b.name))
      .map(({ file, name }) => record(name, file.sector, file.bytes.length, 0)),
  ]
  const folder = Buffer.concat(records)
  if (folder.length > sectorBytes) throw new Fault('limit-reached', 'not-done', { limit: sectorBytes, what: 'folder' })
  image.set(folder, tree.rootSector * sectorBytes)
  const little = tree.pathsSector * sectorBytes
  const big = little + sectorBytes
  image.writeUInt8(1, little)
  image.writeUInt32LE(tree.rootSector, little + 2)
  image.writeUInt16LE(1, little + 6)
  image.writeUInt8(1, big)
  image.writeUInt32BE(tree.rootSector, big + 2)
  image.writeUInt16BE(1, big + 6)
}

const pathTableBytes = 10

/** ECMA-119, 8.4 and 8.5: type 1 the primary, 2 the supplementary, which says by its escape sequence that it is Joliet. */
function writeDescriptor(image: Buffer, sector: number, type: 1 | 2, tree: Tree): void {
  const at = sector * sectorBytes
  const both16 = (value: number, offset: number) => {
    image.writeUInt16LE(value, at + offset)
    image.writeUInt16BE(value, at + offset + 2)
  }
  const both32 = (value: number, offset: number) => {
    image.writeUInt32LE(value, at + offset)
    image.writeUInt32BE(value, at + offset + 4)
  }
  image.writeUInt8(type, at)
  image.write('CD001\x01', at + 1, 'latin1')
  image.set(tree.text('', 32), at + 8)
  image.set(tree.text(seedLabel, 32), at + 40)
  both32(image.length / sectorBytes, 80)
  if (type === 2) image.write('%/E', at + 88, 'latin1')
  both16(1, 120)
  both16(1, 124)
  both16(sectorBytes, 128)
  both32(pathTableBytes, 132)
  image.writeUInt32LE(tree.pathsSector, at + 140)
  image.writeUInt32BE(tree.pathsSector + 1, at + 148)
  image.set(folderRecord(tree, 0), at + 156)
  for (const offset of [190, 318, 446, 574]) image.set(tree.text('', 128), at + offset)
  for (const offset of [702, 739, 776]) image.set(tree.text('', 36), at + offset)
  // Four dates that are not given: sixteen digits zero and a zone.
  for (const offset of [813, 830, 847, 864]) image.write('0'.repeat(16), at + offset, 'latin1')
  image.writeUInt8(1, at + 881)
}

/** `.` is the name 0, `..` the name 1. */
function folderRecord(tree: Tree, name: 0 | 1): Buffer {
  return record(Buffer.from([name]), tree.rootSector, sectorBytes, 2)
}

/** A directory record (ECMA-119, 9.1), padded to an even length. Flag 2: a folder. */
function record(name: Buffer, sector: number, bytes: number, flags: 0 | 2): Buffer {
  const length = 33 + name.length + ((33 + name.length) & 1)
  const buffer = Buffer.alloc(length)
  buffer.writeUInt8(length, 0)
  buffer.writeUInt32LE(sector, 2)
  buffer.writeUInt32BE(sector, 6)
  buffer.writeUInt32LE(bytes, 10)
  buffer.writeUInt32BE(bytes, 14)
  // A date must be a date: the first of January 1970.
  buffer.set([70, 1, 1, 0, 0, 0, 0], 18)
  buffer.writeUInt8(flags, 25)
  buffer.writeUInt16LE(1, 28)
  buffer.writeUInt16BE(1, 30)
  buffer.writeUInt8(name.length, 32)
  buffer.set(name, 33)
  return buffer
}

function bigEndianText(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}
