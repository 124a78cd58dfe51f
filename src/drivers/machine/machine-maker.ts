import assert from 'node:assert/strict'
import { access, constants } from 'node:fs/promises'
import type { DefinitionSpec } from '../../model/definition.ts'
import type { GuestId } from '../../model/ids.ts'
import type { MachineMaker } from '../../ports/machine-maker.ts'
import { adoptXml } from '../libvirt/adopt-xml.ts'
import { domainXml } from '../libvirt/domain-xml.ts'
import { Disks } from './disks.ts'
import { fileFault } from './file-faults.ts'
import { ensureSeed } from './seeds.ts'

export interface MachineMakerNeeds {
  /** Holds a seed a guest. Its parents must let the guests' user pass (mode 0711 at least). */
  readonly seedDirectory: string
  readonly qemuImg?: string
}

/** The `MachineMaker` of a real host. */
export function createMachineMaker({ seedDirectory, qemuImg }: MachineMakerNeeds): MachineMaker {
  const disks = new Disks(qemuImg)
  return {
    async prepare({ id, source }) {
      assert(source.kind !== 'existing', `${id} is defined in libvirt and needs nothing made`)
      return source.kind === 'xml'
        ? adoptXml(id, source.xml)
        : await prepareDefined(id, source.definition, disks, seedDirectory)
    },
  }
}

/** The XML first: what cannot be written as XML must not leave a disk behind. */
async function prepareDefined(
  guest: GuestId,
  definition: DefinitionSpec,
  disks: Disks,
  seedDirectory: string,
): Promise<string> {
  const { cloudInit, boot } = definition
  domainXml(guest, definition, null)
  if (boot.kind === 'kernel') for (const file of [boot.kernel, boot.initrd]) if (file !== null) await readable(file)
  for (const disk of definition.disks) await disks.ensure(disk, guest)
  const seedPath = cloudInit === null ? null : await ensureSeed(seedDirectory, guest, cloudInit)
  return domainXml(guest, definition, seedPath)
}

async function readable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK)
  } catch (error) {
    throw fileFault(error, { kind: 'file', path })
  }
}
