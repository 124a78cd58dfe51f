import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { Fault } from '../../model/fault.ts'

export interface AgentParameter {
  readonly name: string
  readonly required: boolean
  /** Has a value of its own when none is given. */
  readonly hasDefault: boolean
}

/** What a program says of itself. */
export interface AgentMetadata {
  readonly parameters: readonly AgentParameter[]
  readonly actions: readonly string[]
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  // The text comes from a program of the system; still, no entity of its own is expanded.
  processEntities: false,
  isArray: (name) => name === 'parameter' || name === 'action',
})

/** Reads the answer to `action=metadata`. Faults: `bad-data`. */
export function parseMetadata(xml: string, agent: string): AgentMetadata {
  const start = xml.indexOf('<resource-agent')
  if (start < 0 || XMLValidator.validate(xml.slice(start)) !== true) throw unreadable(agent)
  const root = asMap(asMap(parser.parse(xml.slice(start)))['resource-agent'])
  const parameters = listIn(root.parameters, 'parameter').flatMap(parameterOf)
  if (parameters.length === 0) throw unreadable(agent)
  const actions = listIn(root.actions, 'action').flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  return { parameters, actions }
}

function parameterOf(read: Readonly<Record<string, unknown>>): AgentParameter[] {
  if (typeof read.name !== 'string') return []
  const hasDefault = asMap(read.content).default !== undefined
  return [{ name: read.name, required: read.required === '1', hasDefault }]
}

function listIn(parent: unknown, name: string): Readonly<Record<string, unknown>>[] {
  const items = asMap(parent)[name]
  return Array.isArray(items) ? items.map(asMap) : []
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function unreadable(agent: string): Fault {
  return new Fault('bad-data', 'not-done', { where: agent, expected: 'metadata of a fence agent' })
}
