import type { Items } from './item.ts'
import { itemsOfOneHost } from './items-of-one-host.ts'
import { itemsOfSeveralHosts } from './items-of-several-hosts.ts'
import { itemsOfMutations } from './mutations.ts'
import { itemsOfSeeds } from './seeds.ts'

/** All that can be measured, by name. */
export const items: Items = { ...itemsOfOneHost, ...itemsOfSeveralHosts, ...itemsOfSeeds, ...itemsOfMutations }
