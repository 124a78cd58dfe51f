import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capabilitiesFolder } from './cache.ts'
import { hostAddress } from './network.ts'

const FOLDERS = ['run/libvirt', 'run/vigia', 'lib', 'etc', 'log', 'cache', 'vigia', 'console']

const QEMU_CONF = `security_driver = "none"
user = "root"
group = "root"
cgroup_controllers = [ ]
namespaces = [ ]
remember_owner = 0
stdio_handler = "file"
`

/** Folders of a host and its libvirt's settings. What survives a power cut stays; /run does not. */
export function writeHostSettings(folder: string, number: number): void {
  rmSync(join(folder, 'run'), { recursive: true, force: true })
  for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true })
  const etc = join(folder, 'etc')
  if (!existsSync(join(etc, 'libvirtd.conf'))) {
    cpSync('/etc/libvirt', etc, { recursive: true, force: false })
    // No default network: it would start dnsmasq and touch the firewall.
    rmSync(join(etc, 'qemu', 'networks'), { recursive: true, force: true })
    rmSync(join(etc, 'qemu', 'autostart'), { recursive: true, force: true })
    writeFileSync(join(etc, 'qemu.conf'), QEMU_CONF)
    writeFileSync(join(etc, 'libvirtd.conf'), libvirtdConf(number))
  }
  copyCapabilities(capabilitiesFolder(), capabilitiesOf(folder))
}

/** Keeps what libvirt learnt about QEMU: asking every emulator again costs the first guest of each host a second or two. */
export function keepCapabilities(folder: string): void {
  copyCapabilities(capabilitiesOf(folder), capabilitiesFolder())
}

function capabilitiesOf(folder: string): string {
  return join(folder, 'cache', 'qemu', 'capabilities')
}

function copyCapabilities(from: string, to: string): void {
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from)) {
    if (existsSync(join(to, name))) continue
    cpSync(join(from, name), join(to, name))
    const { atime, mtime } = statSync(join(from, name))
    utimesSync(join(to, name), atime, mtime)
  }
}

/** The host's uuid is derived from its number, so that a host that comes back is the same host. */
function libvirtdConf(number: number): string {
  return `host_uuid = "77000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}"
auth_unix_rw = "none"
auth_tcp = "none"
listen_tls = 0
listen_tcp = 1
listen_addr = "${hostAddress(number)}"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
`
}
