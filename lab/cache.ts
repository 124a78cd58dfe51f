import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the lab keeps what it downloaded or built: kernel, guest images, libvirt's knowledge of QEMU. `VIGIA_LAB_CACHE` moves it. */
export function cacheFolder(): string {
  return process.env.VIGIA_LAB_CACHE ?? join(import.meta.dirname, '..', '.cache', 'lab')
}

/** The unpacked kernel package, put there by `scripts/setup lab`. */
export function kernelFolder(): string {
  return join(cacheFolder(), 'kernel')
}

export function capabilitiesFolder(): string {
  return join(cacheFolder(), 'libvirt-capabilities')
}

/** etcd as `scripts/setup lab` unpacked it, else as it is installed. */
export function etcdProgram(): string {
  const unpacked = join(cacheFolder(), 'etcd', 'usr', 'bin', 'etcd')
  return existsSync(unpacked) ? unpacked : '/usr/bin/etcd'
}

/** etcd's own tool, by which people save and restore an etcd that Vigia does not look after. */
export function etcdctlProgram(): string {
  const unpacked = join(cacheFolder(), 'etcd-client', 'usr', 'bin', 'etcdctl')
  return existsSync(unpacked) ? unpacked : '/usr/bin/etcdctl'
}

/** Pacemaker, Corosync and what they need, put there by `scripts/setup peers`; undefined before that. */
export function pacemakerFolder(): string | undefined {
  const folder = join(cacheFolder(), 'pacemaker')
  return existsSync(join(folder, 'whole')) ? folder : undefined
}
