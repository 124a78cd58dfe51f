/**
 * A cluster file of many guests as harsh as the formats allow: each guest needs three others, the one before it among
 * them, so the longest path goes through every guest.
 */
export function largeYaml(guests: number): string {
  const lines = Array.from({ length: guests }, (_, index) => {
    const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
    const needs = needsOf(index).map((need) => `"${need}:22/tcp"`)
    return [
      `  ${nameOf(index)}:`,
      `    address: ${address}`,
      '    memory: { start: 512 MiB, run: 256 MiB }',
      '    services: [22/tcp, { port: 80/tcp, probe: http, path: /health }]',
      `    needs: [${needs.join(', ')}]`,
      `    tags: [web, rack${index % 50}]`,
      `    priority: ${index % 10}`,
    ].join('\n')
  })
  return `version: 1\nname: large\nhosts:\n  host1: { memory: 8 TiB }\nguests:\n${lines.join('\n')}\n`
}

/** The same guests in LauXen's format. */
export function largeLauxen(guests: number): string {
  const lines = Array.from({ length: guests }, (_, index) => {
    const needs = needsOf(index).map((need) => `${need}(22t)`)
    return `${nameOf(index)}(22t, 80t){256}: ${needs.length === 0 ? 'nada' : needs.join(' ')}`
  })
  return `${lines.join('\n')}\n`
}

function nameOf(index: number): string {
  return `guest${index}`
}

function needsOf(index: number): string[] {
  return [1, 7, 31].filter((back) => index >= back).map((back) => nameOf(index - back))
}
