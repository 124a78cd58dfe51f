import { cli as english } from '../en/cli.ts'
import { translationOf } from '../message.ts'

export const cli = translationOf(english, {
  'guest-count': '{count} {count|VM|VMs}',
})
