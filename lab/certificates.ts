import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from './host.ts'
import { must } from './run.ts'

/** Where a host finds its certificates, by its own path: the folder travels with its /etc/libvirt. */
export const CERTIFICATES = '/etc/libvirt/pki'

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/**
 * One authority for all hosts, and one certificate a host, with its name and address: for libvirt as a server and as a
 * client, and for QEMU when memory travels. libvirt is started anew with TLS switched on; guests go on.
 */
export async function giveCertificates(hosts: readonly LabHost[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const authority = join(folder, 'authority.pem')
  const authorityKey = join(folder, 'authority-key.pem')
  const isAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
  const made = ['-x509', ...KEY, '-keyout', authorityKey, '-out', authority, '-days', '2', '-subj', '/CN=lab']
  // Its own configuration would add the constraints of an authority a second time.
  const settings = join(folder, 'openssl.cnf')
  writeFileSync(settings, '[req]\ndistinguished_name = name\n[name]\n')
  await must('openssl', ['req', '-config', settings, ...made, ...isAuthority])
  for (const host of hosts) {
    await certify(host, { folder, settings, authority, authorityKey })
    switchOn(host)
    await host.killLibvirtd()
    await host.startLibvirtd()
  }
}

interface Authority {
  readonly folder: string
  readonly settings: string
  readonly authority: string
  readonly authorityKey: string
}

async function certify(host: LabHost, { folder, settings, authority, authorityKey }: Authority): Promise<void> {
  const [request, key, certificate, extensions] = ['request', 'key', 'certificate', 'extensions'].map((what) =>
    join(folder, `${host.name}-${what}.pem`),
  ) as [string, string, string, string]
  await must('openssl', [
    'req',
    '-config',
    settings,
    ...KEY,
    '-keyout',
    key,
    '-out',
    request,
    '-subj',
    `/CN=${host.name}`,
  ])
  const names = `subjectAltName=DNS:${host.name},IP:${host.address}`
  const uses = 'keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth'
  writeFileSync(extensions, `basicConstraints=CA:FALSE\n${uses}\n${names}\n`)
  const signed = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-days', '2', '-extfile', extensions]
  await must('openssl', ['x509', '-req', '-in', request, '-out', certificate, ...signed])
  const own = join(host.folder, 'etc', 'pki')
  mkdirSync(own, { recursive: true })
  // libvirt's names for them, then QEMU's.
  const places = { 'cacert.pem': authority, 'ca-cert.pem': authority } as Record<string, string>
  for (const [side, between] of [
    ['server', ''],
    ['client', ''],
    ['server', '-'],
    ['client', '-'],
  ]) {
    places[`${side}${between}cert.pem`] = certificate
    places[`${side}${between}key.pem`] = key
  }
  for (const [name, from] of Object.entries(places)) await must('cp', [from, join(own, name)])
}

function switchOn(host: LabHost): void {
  const etc = join(host.folder, 'etc')
  const files = { ca_file: 'cacert', cert_file: 'servercert', key_file: 'serverkey' }
  const lines = Object.entries(files).map(([key, file]) => `${key} = "${CERTIFICATES}/${file}.pem"\n`)
  const settings = join(etc, 'libvirtd.conf')
  // Of two lines libvirt takes the first.
  const without = readFileSync(settings, 'utf8').replace(/^listen_tls = 0$/m, 'listen_tls = 1')
  writeFileSync(settings, `${without}${lines.join('')}`)
  const verify = 'migrate_tls_x509_verify = 1\n'
  appendFileSync(join(etc, 'qemu.conf'), `migrate_tls_x509_cert_dir = "${CERTIFICATES}"\n${verify}`)
}
