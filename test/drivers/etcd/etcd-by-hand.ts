import type { PrivateEtcd } from '../../../lab/private-etcd.ts'

/** One call to a member's gateway as an operator would make it with curl. */
export async function askEtcd(endpoint: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${endpoint}${path}`, { method: 'POST', body: JSON.stringify(body) })
  return (await answer.json()) as Record<string, unknown>
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Makes etcd forget every change up to now. */
export async function compactEtcd({ endpoints: [endpoint = ''] }: PrivateEtcd): Promise<void> {
  const { header } = await askEtcd(endpoint, '/v3/kv/range', { key: base64('none') })
  const { revision } = header as { revision: string }
  await askEtcd(endpoint, '/v3/kv/compaction', { revision, physical: true })
}
