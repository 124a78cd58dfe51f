import * as english from '../en/states.ts'
import { translationOf } from '../message.ts'

export const states = translationOf(english.states, {
  running: 'em execução',
  stopped: 'parada',
  failed: 'com falha',
  waiting: 'aguardando',
  paused: 'pausada',
})

export const phases = translationOf(english.phases, {
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

export const runs = translationOf(english.runs, {
  running: 'em execução',
  paused: 'pausada',
  stopped: 'parada',
  absent: 'ausente',
  unknown: 'desconhecido',
})

export const verdicts = translationOf(english.verdicts, {
  unknown: 'ainda desconhecido',
  answering: 'responde',
  refused: 'recusa conexões',
  silent: 'sem resposta',
})

export const wishes = translationOf(english.wishes, {
  running: 'em execução',
  stopped: 'parada',
  disabled: 'desativada',
  ignored: 'ignorada',
})

export const wanteds = translationOf(english.wanteds, {
  running: 'em execução',
  paused: 'pausada',
  stopped: 'parada',
  'as-is': 'como está',
})

export const onLoss = translationOf(english.onLoss, {
  pause: 'é pausada',
  keep: 'continua',
  restart: 'é reiniciada',
  stop: 'é desligada',
})
