// Writes schema/vigia-1.schema.json from the table the parser reads by. Run it after a change to that table: node scripts/make-schema.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clusterFileSchema } from '../src/model/file/json-schema.ts'

const target = join(import.meta.dirname, '../schema/vigia-1.schema.json')
writeFileSync(target, `${JSON.stringify(clusterFileSchema(), null, 2)}\n`)
