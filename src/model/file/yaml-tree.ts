import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLError,
} from 'yaml'
import { maxDepth, maxNodes, maxProblems } from './limits.ts'
import type { FileNode, MapEntry } from './node.ts'
import { shorten } from './node.ts'
import type { Reader } from './reader.ts'

/** Any YAML text as a tree, or undefined once its problems are noted. Slower than `readPlainYaml`, and complete. */
export function readYamlTree(reader: Reader): FileNode | undefined {
  const document = composed(reader)
  if (document === undefined) return undefined
  const walk: Walk = { reader, document, nodes: 0, stopped: false }
  const tree = document.contents === null ? nothing(0) : nodeOf(document.contents, walk, 0)
  return document.errors.length > 0 || walk.stopped ? undefined : tree
}

interface Walk {
  readonly reader: Reader
  readonly document: Document.Parsed
  nodes: number
  /** A limit was reached: the problem is noted, the tree is of no use. */
  stopped: boolean
}

function composed(reader: Reader): Document.Parsed | undefined {
  const lines = new LineCounter()
  const options = {
    prettyErrors: false,
    uniqueKeys: false,
    schema: 'failsafe',
    keepSourceTokens: false,
    lineCounter: lines,
  } as const
  try {
    const composer = new Composer<ParsedNode>(options)
    let document: Document.Parsed | undefined
    let errors = 0
    for (const token of new Parser(lines.addNewLine).parse(reader.source.text)) {
      if (token.type === 'error') errors += 1
      // A text of nothing but errors is not read to its end.
      if (errors > maxProblems) break
      for (const one of composer.next(token as CST.Token)) {
        if (document !== undefined) return severalDocuments(one, reader)
        document = one
      }
    }
    for (const one of composer.end(true, reader.source.text.length)) {
      if (document !== undefined) return severalDocuments(one, reader)
      document = one
    }
    for (const error of document?.errors ?? []) noteSyntax(error, reader)
    return document
  } catch (error) {
    // The library is recursive: nesting that ends the stack arrives here.
    if (error instanceof RangeError) return reader.error({ at: 0 }, { code: 'too-deep', expected: maxDepth })
    const reason = error instanceof Error ? error.message : String(error)
    return reader.error({ at: 0 }, { code: 'yaml-syntax', what: 'impossible', got: '', reason: shorten(reason) })
  }
}

function severalDocuments(second: Document.Parsed, reader: Reader): undefined {
  const reason = 'A cluster file is one document'
  return reader.error({ at: second.range[0] }, { code: 'yaml-syntax', what: 'multiple-docs', got: '---', reason })
}

function noteSyntax(error: YAMLError, reader: Reader): void {
  const [at, end] = error.pos
  const got = shorten(reader.source.text.slice(at, Math.min(Math.max(end, at + 1), at + 200)))
  if (error.code === 'TAB_AS_INDENT') reader.error({ at }, { code: 'tab-indent', got })
  else {
    const what = error.code.toLowerCase().replaceAll('_', '-')
    reader.error({ at }, { code: 'yaml-syntax', what, got, reason: error.message.split('\n')[0] ?? '' })
  }
}

function nodeOf(node: ParsedNode, walk: Walk, depth: number): FileNode {
  const at = node.range[0]
  if (walk.stopped) return nothing(at)
  walk.nodes += 1
  if (walk.nodes > maxNodes)
    return stop(walk, at, { code: 'too-many', what: 'nodes', expected: maxNodes, got: walk.nodes })
  if (depth > maxDepth) return stop(walk, at, { code: 'too-deep', expected: maxDepth })
  if (isAlias(node)) {
    const target = node.resolve(walk.document) as ParsedNode | undefined
    if (target !== undefined) return nodeOf(target, walk, depth + 1)
    walk.reader.error({ at }, { code: 'yaml-feature', what: 'alias', got: shorten(node.source) })
    return nothing(at)
  }
  if (node.tag !== undefined && !/^tag:yaml\.org,2002:(?:str|map|seq)$/.test(node.tag)) {
    walk.reader.error({ at }, { code: 'yaml-feature', what: 'tag', got: shorten(node.tag) })
  }
  if (isMap(node)) return { kind: 'map', at, entries: node.items.flatMap((pair) => entryOf(pair, walk, depth)) }
  if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => nodeOf(item, walk, depth + 1)) }
  return { kind: 'scalar', at, text: String(node.value ?? ''), plain: node.type === 'PLAIN' && node.tag === undefined }
}

function entryOf(pair: { key: ParsedNode; value: ParsedNode | null }, walk: Walk, depth: number): MapEntry[] {
  const keyAt = pair.key.range[0]
  if (!isScalar(pair.key)) {
    walk.reader.error({ at: keyAt }, { code: 'yaml-feature', what: 'key-not-text', got: '' })
    return []
  }
  const key = String(pair.key.value ?? '')
  if (key === '<<') {
    walk.reader.error({ at: keyAt }, { code: 'yaml-feature', what: 'merge-key', got: key })
    return []
  }
  const value = pair.value === null ? nothing(keyAt) : nodeOf(pair.value, walk, depth + 1)
  // A value that is not there has no place of its own.
  return [{ key, keyAt, value: value.kind === 'scalar' && value.plain && value.text === '' ? nothing(keyAt) : value }]
}

function stop(walk: Walk, at: number, data: Parameters<Reader['error']>[1]): FileNode {
  walk.stopped = true
  walk.reader.error({ at }, data)
  return nothing(at)
}

function nothing(at: number): FileNode {
  return { kind: 'scalar', at, text: '', plain: true }
}
