import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import ts from 'typescript'
import type { FaultCode } from '../../src/model/fault.ts'
import { faultCodes } from '../../src/model/fault.ts'

const root = resolve(import.meta.dirname, '../..')

export interface ThrownFault {
  readonly place: string
  readonly code: FaultCode
  readonly keys: readonly string[]
  /** Texts written in the code itself, as opposed to those of the system. */
  readonly texts: readonly string[]
}

/** Every fault whose code and details are written out in the source: `new Fault('code', …, { … })` or `{ code: 'code', …, details: { … } }`. */
export function thrownFaults(): ThrownFault[] {
  return sources().flatMap((path) => {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
    const found: ThrownFault[] = []
    const visit = (node: ts.Node): void => {
      const fault = constructed(node) ?? literal(node)
      if (fault) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart())
        found.push({ place: `${relative(root, path)}:${line + 1}`, ...fault })
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

function sources(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/src/text/'))
}

function constructed(node: ts.Node): Omit<ThrownFault, 'place'> | null {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'Fault') return null
  const [code, , details] = node.arguments ?? []
  return code && ts.isStringLiteral(code) ? described(code.text, details) : null
}

function literal(node: ts.Node): Omit<ThrownFault, 'place'> | null {
  if (!ts.isObjectLiteralExpression(node)) return null
  const code = property(node, 'code')
  const details = property(node, 'details')
  return code && details && ts.isStringLiteral(code) ? described(code.text, details) : null
}

function property(node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const found = node.properties.find((one) => one.name?.getText() === name)
  return found && ts.isPropertyAssignment(found) ? found.initializer : undefined
}

function described(code: string, details: ts.Expression | undefined): Omit<ThrownFault, 'place'> | null {
  if (!(faultCodes as readonly string[]).includes(code)) return null
  const properties = details && ts.isObjectLiteralExpression(details) ? [...details.properties] : []
  return {
    code: code as FaultCode,
    keys: properties.flatMap((one) => (one.name ? [one.name.getText()] : [])),
    texts: properties.flatMap((one) =>
      ts.isPropertyAssignment(one) && ts.isStringLiteral(one.initializer) && one.name.getText() !== 'path'
        ? [one.initializer.text]
        : [],
    ),
  }
}
