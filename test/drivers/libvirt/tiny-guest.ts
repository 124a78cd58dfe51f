/** A machine without disk or kernel: it stays in its BIOS, costs little, and can be paused, resumed, resized, destroyed. */
export interface TinyGuest {
  readonly name: string
  readonly memoryMib?: number
  /** Attached to this libvirt network with this MAC. */
  readonly network?: { readonly name: string; readonly mac: string }
}

/** Domain XML for qemu:///system, emulated in software. */
export function tinyGuestXml(guest: TinyGuest): string {
  const { name, memoryMib = 32, network } = guest
  const nic =
    network === undefined
      ? ''
      : `<interface type='network'><mac address='${network.mac}'/><source network='${network.name}'/><model type='virtio'/></interface>`
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>${memoryMib}</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
<on_poweroff>destroy</on_poweroff><on_crash>destroy</on_crash>
<devices><console type='pty'/><video><model type='vga'/></video><memballoon model='virtio'/>${nic}
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices></domain>`
}

/** Domain XML for test:///default. */
export function testDriverXml(name: string, memoryMib = 32): string {
  return `<domain type='test'><name>${name}</name><memory unit='MiB'>${memoryMib}</memory><vcpu>1</vcpu>
<os><type>hvm</type></os></domain>`
}

/** A network of libvirt's without dnsmasq: leases are what a test writes into its status file. */
export const quietNetworkXml = `<network><name>quiet</name><bridge name='virbrq'/><dns enable='no'/>
<ip address='10.99.0.1' netmask='255.255.255.0'/></network>`
