/** Where a reference of the document leads. */
const schemaPlace = '#/components/schemas/'

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Operation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly 'x-vigia-access'?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>
type Schema = Readonly<Record<string, unknown>>

/** The description as one page of plain HTML: it works without a script, for any reader. */
export function docsPage(description: object, stylePath: string): string {
  const { info, tags, paths, components } = description as Document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const chapters = tags.flatMap(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(name))
    if (own.length === 0) return []
    return [
      `<h2 id="${name}">${name}</h2>`,
      ...own.map(({ path, method, operation }) => operationHtml(path, method, operation)),
    ]
  })
  const named = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${safe(name)}"><summary><code>${safe(name)}</code></summary>${schemaHtml(schema)}</details>`,
  )
  const contents = tags.map(({ name }) => `<li><a href="#${name}">${name}</a></li>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(info.title)} API</title>
<link rel="stylesheet" href="${safe(stylePath)}">
</head>
<body>
<header><h1>${safe(info.title)} API <small>${safe(info.version)}</small></h1>
<p>${safe(info.description)}</p>
<nav aria-label="chapters"><ul>${contents.join('')}<li><a href="#schemas">schemas</a></li><li><a href="openapi.json">openapi.json</a></li></ul></nav></header>
<main>
${chapters.join('\n')}
<h2 id="schemas">schemas</h2>
${named.join('\n')}
</main>
</body>
</html>
`
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const { operationId, summary = '', description, parameters = [], requestBody, responses } = operation
  const access = operation['x-vigia-access']
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${safe(name)}</code></td><td>${safe(place)}${required ? '' : ', optional'}</td><td>${schemaHtml(schema)}</td></tr>`,
  )
  const answers = Object.entries(responses).map(
    ([status, { description: said, content = {} }]) =>
      `<dt>${safe(status)}</dt><dd>${safe(said)}${contentHtml(content)}</dd>`,
  )
  return `<details id="${safe(operationId)}"><summary><span class="method">${safe(method.toUpperCase())}</span> <code>${safe(path)}</code> ${safe(summary)}</summary>
${description === undefined ? '' : `<p>${safe(description)}</p>`}
${access === undefined ? '' : `<p>Open to: <strong>${safe(access)}</strong></p>`}
${rows.length === 0 ? '' : `<table><caption>Parameters</caption><tbody>${rows.join('')}</tbody></table>`}
${requestBody === undefined ? '' : `<h3>Body</h3>${contentHtml(requestBody.content)}`}
<h3>Answers</h3><dl>${answers.join('')}</dl>
</details>`
}

function contentHtml(content: Content): string {
  return Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${safe(type)}</code></p>${schemaHtml(schema)}`)
    .join('')
}

/** A named one as a link; any other as it is written. */
function schemaHtml(schema: Schema): string {
  const text = safe(JSON.stringify(schema, null, 2))
  const linked = text.replaceAll(/&quot;#\/components\/schemas\/([A-Za-z]+)&quot;/g, '<a href="#schema-$1">$1</a>')
  const reference = schema.$ref
  if (typeof reference === 'string' && reference.startsWith(schemaPlace)) {
    const name = safe(reference.slice(schemaPlace.length))
    return `<a href="#schema-${name}">${name}</a>`
  }
  return `<pre>${linked}</pre>`
}

function safe(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

export const docsStyle = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 70rem; overflow-wrap: anywhere; }
h1 small { font-size: 1rem; font-weight: normal; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
details[open] > summary { border-bottom: 1px solid var(--line); margin-bottom: .5rem; padding-bottom: .5rem; }
summary { cursor: pointer; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
pre { background: var(--soft); border-radius: 6px; overflow-x: auto; padding: .75rem; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; }
td { border-top: 1px solid var(--line); padding: .25rem .5rem .25rem 0; vertical-align: top; }
td pre { margin: 0; padding: .25rem .5rem; }
dt { font-weight: 600; }
`
