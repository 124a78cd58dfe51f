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
  const walk: Walk = { reader, anchors: new Map(), inAlias: 0, nodes: 0, stopped: false }
  const tree = document.contents === null ? nothing(0) : nodeOf(document.contents, walk, 0)
  // Nesting without end breaks off somewhere as YAML too; that it is too deep says it better.
  if (!walk.stopped) noteSyntaxErrors(document.errors, reader)
  return document.errors.length > 0 || walk.stopped ? undefined : tree
}

interface Walk {
  readonly reader: Reader
  /** The newest node of each anchor, as an alias means it. */
  readonly anchors: Map<string, ParsedNode>
  /** More than 0 while an alias is followed: what is met there again is not newer. */
  inAlias: number
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

/** One a line: where YAML goes wrong it goes on being wrong, and what follows in the same line says nothing new. */
function noteSyntaxErrors(errors: readonly YAMLError[], reader: Reader): void {
  let line = 0
  for (const error of errors) {
    const place = reader.source.place(error.pos[0])
    if (place.line === line) continue
    line = place.line
    noteSyntax(error, reader)
  }
}

function noteSyntax(error: YAMLError, reader: Reader): void {
  const [at, end] = error.pos
  const { text } = reader.source
  const got = shorten(text.slice(at, Math.min(Math.max(end, at + 1), at + 200)))
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
  if (isAlias(node)) return aliased(node.source, at, walk, depth)
  if (node.anchor !== undefined && walk.inAlias === 0) walk.anchors.set(node.anchor, node)
  if (node.tag !== undefined && !/^tag:yaml\.org,2002:(?:str|map|seq)$/.test(node.tag)) {
    walk.reader.error({ at }, { code: 'yaml-feature', what: 'tag', got: shorten(node.tag) })
  }
  if (isMap(node)) return { kind: 'map', at, entries: node.items.flatMap((pair) => entryOf(pair, walk, depth)) }
  if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => nodeOf(item, walk, depth + 1)) }
  return { kind: 'scalar', at, text: String(node.value ?? ''), plain: node.type === 'PLAIN' && node.tag === undefined }
}

function aliased(anchor: string, at: number, walk: Walk, depth: number): FileNode {
  const target = walk.anchors.get(anchor)
  if (target === undefined) {
    walk.reader.error({ at }, { code: 'yaml-feature', what: 'alias', got: shorten(anchor) })
    return nothing(at)
  }
  walk.inAlias += 1
  const node = nodeOf(target, walk, depth + 1)
  walk.inAlias -= 1
  return node
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
