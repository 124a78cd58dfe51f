/** LauXen's shape, loosely: wrong ports and sizes are still of this shape, so that they are reported as what they are. */
const shape =
  /^[\w.-]+[ \t]*(?:\([^()]*\)[ \t]*)?(?:\{[^{}]*\}[ \t]*)?:[ \t]*(?:[\w.-]+(?![\w.-])[ \t]*(?:![ \t]*)?(?:\([^()]*\)[ \t]*)?)+$/

/** What no line of a `vigia.yaml` begins with, and most lines of LauXen's do: ports, or needs with ports, or `nada`. */
const telling = /^[\w.-]+[ \t]*(?:\(|\{[ \t]*\d+[ \t]*\}|:[ \t]*nada[ \t]*$|:.*\w\(\d)/i

const yamlKey = /^(?:guests|"guests"|'guests')[ \t]*:/
const otherYamlKeys = /^(?:version|hosts|include|defaults|rules|settings|---|%YAML)(?:[ \t]*:|$)/

/** The one line of a `vigia.yaml` without guests that has LauXen's shape: it would be a guest named `version` that needs a guest named `1`. */
const versionLine = /^version[ \t]*:[ \t]*(\d+)$/

/** Lines looked at: more say nothing new. */
const maxLooked = 50_000

/**
 * A file is LauXen's if every significant line has its shape and there is no top-level `guests:`. Where only some lines have it (one is
 * mistyped), it is taken for what most of it looks like: either way there is an error to report, and it should speak of the right format.
 */
export function formatOf(text: string): 'vigia' | 'lauxen' {
  let significant = 0
  let shaped = 0
  let told = 0
  let yaml = 0
  let version: string | undefined
  const names = new Set<string>()
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/, maxLooked)) {
    if (yamlKey.test(line)) return 'vigia'
    const bare = line.replace(/#.*$/, '').trim()
    if (bare === '') continue
    significant += 1
    version ??= versionLine.exec(bare)?.[1]
    if (/^\d/.test(bare)) names.add(/^\d+/.exec(bare)![0])
    // A line longer than any guest's is not matched: the shape would be tried at each of its characters.
    if (bare.length <= 20_000 && shape.test(bare)) shaped += 1
    if (telling.test(bare) && !/^\s/.test(line)) told += 1
    if (otherYamlKeys.test(bare)) yaml += 1
  }
  if (significant === 0 || (version !== undefined && !names.has(version))) return 'vigia'
  if (shaped === significant) return 'lauxen'
  return told > yaml ? 'lauxen' : 'vigia'
}
