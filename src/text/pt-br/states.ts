import type * as english from '../en/states.ts'
import { translatedFrom } from '../message.ts'

export const states = translatedFrom<typeof english.states>()({
  running: 'em execução',
  stopped: 'parada',
  failed: 'com falha',
  waiting: 'aguardando',
  paused: 'pausada',
})

export const phases = translatedFrom<typeof english.phases>()({
  stopped: 'parada',
  waiting: 'aguardando',
  starting: 'iniciando',
  resuming: 'retomando',
  ready: 'pronta',
  silent: 'sem resposta',
  paused: 'pausada',
  stopping: 'desligando',
  restarting: 'desligando para iniciar de novo',
  failing: 'desligando, abandonada',
  'held-down': 'mantida parada',
  failed: 'com falha',
  ignored: 'ignorada',
})

export const runs = translatedFrom<typeof english.runs>()({
  running: 'em execução',
  paused: 'pausada',
  stopped: 'parada',
  absent: 'ausente',
  unknown: 'desconhecido',
})

export const verdicts = translatedFrom<typeof english.verdicts>()({
  unknown: 'ainda desconhecido',
  answering: 'responde',
  refused: 'recusa conexões',
  silent: 'sem resposta',
})

export const wishes = translatedFrom<typeof english.wishes>()({
  running: 'em execução',
  stopped: 'parada',
  disabled: 'desativada',
  ignored: 'ignorada',
})

export const wanteds = translatedFrom<typeof english.wanteds>()({
  running: 'em execução',
  paused: 'pausada',
  stopped: 'parada',
  'as-is': 'como está',
})

export const onLoss = translatedFrom<typeof english.onLoss>()({
  pause: 'é pausada',
  keep: 'continua',
  restart: 'é reiniciada',
  stop: 'é desligada',
})
