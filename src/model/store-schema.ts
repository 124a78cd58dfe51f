/** Of what several hosts keep in their common store, under `schema`; written by the leader. Absent: 1. */
export interface StoreSchemaRecord {
  readonly version: number
}

/** The newest that this program reads and writes. Raised with a change that an older program would misread. */
export const newestStoreSchema = 1
