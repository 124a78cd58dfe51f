/** What a cluster of Pacemaker is told, as text. Pure. */

/** A guest as Pacemaker sees it: a domain, its service, what it needs. */
export interface PeerGuest {
  readonly name: string
  readonly address: string
  /** The TCP port of its service: started means that it answers. */
  readonly port: number
  readonly needs: readonly string[]
  /** Where it runs while it can. */
  readonly home?: string
}

export interface PeerHost {
  readonly name: string
  readonly number: number
  readonly address: string
}

export interface CibOptions {
  readonly hosts: readonly PeerHost[]
  readonly guests: readonly PeerGuest[]
  readonly fence: { readonly agent: string; readonly socket: string }
  /** What guests are wished to be at first. */
  readonly role: 'Started' | 'Stopped'
  /** The domain of a guest, and the program that asks its service, by the guest's name. */
  readonly domainFile: (guest: string) => string
  readonly checkFile: (guest: string) => string
}

/** `tokenMs` null: Corosync's default. */
export function corosyncConf(hosts: readonly PeerHost[], tokenMs: number | null, logFile: string): string {
  const node = ({ name, number, address }: PeerHost): string =>
    `  node {\n    ring0_addr: ${address}\n    name: ${name}\n    nodeid: ${number}\n  }\n`
  return `totem {
  version: 2
  cluster_name: lab
  transport: knet
  crypto_cipher: none
  crypto_hash: none
${tokenMs === null ? '' : `  token: ${tokenMs}\n`}}
nodelist {
${hosts.map(node).join('')}}
quorum {
  provider: corosync_votequorum
}
logging {
  to_logfile: yes
  logfile: ${logFile}
  to_syslog: no
  timestamp: hires
}
`
}

/**
 * The cluster's configuration, as it lies on the disk of each host before Pacemaker starts. Everything is Pacemaker's default but what is
 * said here: `stonith-action` off, because ours takes the power and no more; `dc-deadtime`, because it only lengthens the start.
 */
export function cib(options: CibOptions): string {
  const { hosts, guests, role } = options
  const properties = pairs('options', { 'stonith-action': 'off', 'dc-deadtime': '5s' })
  const nodes = hosts.map(({ name, number }) => `<node id="${number}" uname="${name}"/>`)
  const devices = hosts.map(({ name }) => deviceXml(name, options))
  const homes = guests.flatMap(({ name, home }) =>
    home === undefined ? [] : [`<rsc_location id="home-${name}" rsc="${name}" node="${home}" score="100"/>`],
  )
  const orders = guests.flatMap(({ name, needs }) =>
    needs.map((need) => `<rsc_order id="order-${need}-${name}" first="${need}" then="${name}" kind="Mandatory"/>`),
  )
  return `<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" admin_epoch="1" epoch="1" num_updates="0">
<configuration>
<crm_config><cluster_property_set id="cluster">${properties}</cluster_property_set></crm_config>
<nodes>${nodes.join('')}</nodes>
<resources>
${[...devices, ...guests.map((guest) => guestXml(guest, options))].join('\n')}
</resources>
<constraints>${[...homes, ...orders].join('')}</constraints>
<rsc_defaults><meta_attributes id="defaults">${pairs('defaults', { 'target-role': role })}</meta_attributes></rsc_defaults>
</configuration>
<status/>
</cib>
`
}

/** One device a host, as one would have with a management board in each. */
function deviceXml(host: string, { fence }: CibOptions): string {
  const id = `fence-${host}`
  const own = { plug: host, socket: fence.socket, pcmk_host_list: host, pcmk_host_check: 'static-list' }
  return `<primitive id="${id}" class="stonith" type="${fence.agent}">
<instance_attributes id="${id}-options">${pairs(`${id}-option`, own)}</instance_attributes>
<meta_attributes id="${id}-meta">${pairs(`${id}-meta`, { 'target-role': 'Started' })}</meta_attributes></primitive>`
}

/** Intervals and limits are those that the agent itself advises. Without its own arithmetic on CPU and memory, which nobody asks here. */
function guestXml({ name }: PeerGuest, { domainFile, checkFile }: CibOptions): string {
  const own = {
    config: domainFile(name),
    hypervisor: 'qemu:///system',
    monitor_scripts: checkFile(name),
    migration_transport: 'tcp',
    autoset_utilization_cpu: 'false',
    autoset_utilization_hv_memory: 'false',
    autoset_utilization_host_memory: 'false',
  }
  const operation = (action: string, interval: string, timeout: string): string =>
    `<op id="${name}-${action}" name="${action}" interval="${interval}" timeout="${timeout}"/>`
  const operations = [
    operation('monitor', '10s', '30s'),
    operation('start', '0s', '90s'),
    operation('stop', '0s', '90s'),
    operation('migrate_to', '0s', '120s'),
    operation('migrate_from', '0s', '60s'),
  ]
  return `<primitive id="${name}" class="ocf" provider="heartbeat" type="VirtualDomain">
<instance_attributes id="${name}-options">${pairs(`${name}-option`, own)}</instance_attributes>
<operations>${operations.join('')}</operations>
<meta_attributes id="${name}-meta">${pairs(`${name}-meta`, { 'allow-migrate': 'true' })}</meta_attributes></primitive>`
}

function pairs(id: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
    .join('')
}
