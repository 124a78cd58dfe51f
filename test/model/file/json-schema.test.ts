import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { clusterFileSchema } from '../../../src/model/file/json-schema.ts'
import { fullYaml } from './samples.ts'

const root = join(import.meta.dirname, '../../..')
const published: unknown = JSON.parse(readFileSync(join(root, 'schema/vigia-1.schema.json'), 'utf8'))
const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(clusterFileSchema())

test('the published schema is the one the parser reads by (else: node scripts/make-schema.ts)', () => {
  assert.deepEqual(published, JSON.parse(JSON.stringify(clusterFileSchema())))
})

for (const name of ['minimal.yaml', 'small-company.yaml']) {
  test(`examples/${name} is valid by the schema`, () => {
    validate(parse(readFileSync(join(root, 'examples', name), 'utf8')))
    assert.deepEqual(validate.errors, null)
  })
}

test('a file that says everything is valid by the schema', () => {
  validate(parse(fullYaml))
  assert.deepEqual(validate.errors, null)
})

const wrong: [what: string, yaml: string][] = [
  ['no version', 'guests: {a: }'],
  ['another version', 'version: 2'],
  ['an unknown key', 'version: 1\nguests: {a: {service: [22/tcp]}}'],
  ['a name that is none', 'version: 1\nguests: {"a b": }'],
  ['a port without protocol', 'version: 1\nguests: {a: {services: [22]}}'],
  ['a size without unit', 'version: 1\nguests: {a: {memory: 512}}'],
  ['an unknown state', 'version: 1\nguests: {a: {state: up}}'],
  ['a priority that is text', 'version: 1\nguests: {a: {priority: "high"}}'],
]

for (const [what, yaml] of wrong) {
  test(`the schema refuses ${what}`, () => assert.equal(validate(parse(yaml)), false))
}
