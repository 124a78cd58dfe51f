import type { obstacles as english } from '../en/migration.ts'
import { translatedFrom } from '../message.ts'

export const obstacles = translatedFrom<typeof english>()({
  'cpu-differs': 'foi iniciada em outro tipo de CPU',
  'machine-unknown': 'é uma máquina ({machine}) que o hipervisor de lá não conhece',
  'memory-short': 'precisa de {needed} de memória, e há {free} livres lá',
  'disk-not-shared': 'grava em {path}, que só este host tem',
  'file-missing': 'precisa de {path}, que não existe lá',
  'local-device': 'tem um dispositivo deste host: {device}',
  'runs-there': 'já está em execução lá',
})
