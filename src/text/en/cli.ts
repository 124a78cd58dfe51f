/** Words of the command line: help, headings, what a command says when it is done. Templates as `message.ts` tells. */
export const cli = {
  'guest-count': '{count} {count|guest|guests}',
} as const
