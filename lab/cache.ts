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
