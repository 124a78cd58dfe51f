import type {
  moveCauses as englishCauses,
  proofLacks as englishLacks,
  moveLimitDeeds as englishLimitDeeds,
  moveLimitNames as englishLimitNames,
  proofs as englishProofs,
  hostRefusals as englishRefusals,
  standings as englishStandings,
  moveWays as englishWays,
} from '../en/places.ts'
import { translatedFrom } from '../message.ts'

export const proofLacks = translatedFrom<typeof englishLacks>()({
  'lease-not-over': 'seu lease ainda não terminou',
  'no-device-and-no-watchdog':
    'não tem dispositivo de isolamento nem watchdog armado, então alguém precisa jurar (vigia swear-dead)',
  fencing: 'sua energia está sendo cortada',
  quorum: 'poucos membros renovaram o tempo todo',
  disarmed: 'o cluster está desarmado (vigia arm)',
  'fence-limit': 'já foram isolados tantos hosts quantos podem ser',
})

export const proofs = translatedFrom<typeof englishProofs>()({
  'fence-device': 'seu dispositivo de isolamento',
  watchdog: 'seu watchdog',
  sworn: 'um juramento',
})

export const hostRefusals = translatedFrom<typeof englishRefusals>()({
  'not-there': '{host} não está presente',
  'not-seen-yet': 'ainda não há notícias de {host}',
  'going-down': '{host} está em desligamento',
  maintenance: '{host} está em manutenção',
  'rule-hosts': 'uma regra a mantém fora de {host}',
  'rule-apart': 'uma regra a mantém separada de {guests} em {host}',
  tried: 'ela falhou em {host}',
  memory: '{host} tem {free} de memória disponíveis, e ela precisa de {needed}',
  'runs-there-already': 'ela já está em execução em {host}',
})

export const moveCauses = translatedFrom<typeof englishCauses>()({
  operator: 'pedido manualmente',
  maintenance: 'seu host está em manutenção',
  'host-shutdown': 'seu host vai ser desligado',
  rule: 'uma regra o exige',
  failback: 'o outro host é preferido',
  home: 'volta para onde estava',
  'with-group': 'vai para onde vai o seu grupo',
  'start-failed': 'falhou onde estava',
  'no-room': 'não há espaço para ela onde estava',
  'host-lost': 'seu host se perdeu',
  first: 'seu primeiro lugar',
})

export const moveWays = translatedFrom<typeof englishWays>()({ live: 'a quente', cold: 'parada e reiniciada' })

export const moveLimitDeeds = translatedFrom<typeof englishLimitDeeds>()({
  cancel: 'ela é cancelada',
  pause: 'a VM fica parada até que o resto seja copiado',
  'post-copy': 'a VM continua rodando lá enquanto o resto da memória dela chega',
})

export const moveLimitNames = translatedFrom<typeof englishLimitNames>()({
  cancel: 'o cancelamento',
  pause: 'a pausa',
  'post-copy': 'o post-copy',
})

export const standings = translatedFrom<typeof englishStandings>()({
  unseen: 'ainda sem notícias',
  online: 'presente',
  silent: 'sem sinal',
  expired: 'sem sinal há mais tempo que o seu lease',
  left: 'ausente de propósito',
  lost: 'morto',
})
