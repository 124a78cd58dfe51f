import type { reasons as english, pauseCauses as englishCauses, needs as englishNeeds } from '../en/reasons.ts'
import { translatedFrom } from '../message.ts'

export const reasons = translatedFrom<typeof english>()({
  'wish-running': 'deve estar em execução',
  'wish-stopped': 'deve ficar parada',
  'wish-disabled': 'está desativada: fica parada e suas falhas são esquecidas',
  'host-shutdown': 'é desligada junto com seu host {host} e volta a iniciar com ele',
  'wish-ignored': 'está ignorada: nada é feito com ela',
  'watch-off': 'não está sendo vigiada: nada é feito com ela automaticamente até voltar a ser',
  'not-in-file': 'saiu do arquivo do cluster: fica como está',
  'needs-answer': 'todas as suas dependências respondem',
  'waiting-for-needs': 'aguarda {needs}',
  'needs-lost': 'perdeu {needs}',
  'need-restarted': 'é desligada junto com {needs}, que {count|está|estão} em reinício, e volta em seguida',
  'stopped-with-need': 'é desligada junto com {needs}, dependência perdida de vez, e fica parada até ser iniciada',
  'waiting-for-dependents': 'será desligada depois de {guests}, que {count|depende|dependem} dela',
  'waiting-for-services': 'aguarda a resposta de {count|seu próprio serviço|seus próprios serviços} {services}',
  'services-answer': 'todos os seus serviços respondem',
  runs: 'está em execução e não tem serviços a aguardar',
  'services-lost':
    '{count|seu próprio serviço|seus próprios serviços} {services} não {count|responde|respondem}; será reiniciada se isso durar {grace}',
  'grace-over':
    '{count|seu próprio serviço|seus próprios serviços} {services} não {count|respondeu|responderam} por {grace}',
  'boot-limit':
    '{count|seu próprio serviço|seus próprios serviços} {services} não {count|respondeu|responderam} em até {limit} após o início',
  'start-failed': 'seu {attempt} início falhou: {fault}',
  crashed: 'caiu',
  'crashed-again': 'caiu {times} vezes seguidas',
  'paused-outside': 'foi pausada por algo que não o Vigia: {cause}',
  'resume-failed': 'não pôde ser retomada[?: {fault}]',
  'powered-off-inside': 'foi desligada por dentro',
  'back-off': 'aguarda {wait} antes do {attempt} início',
  'tries-exhausted': 'abandonada após {tries} {tries|tentativa|tentativas}; a última: {last}',
  replaced: '{by} está em seu lugar; {last}',
  standby: 'fica parada como reserva de {first}',
  'stands-in': 'está no lugar de {first}',
  'not-beside':
    'aguarda que {guest} esteja parada com certeza: uma VM e sua reserva nunca são executadas ao mesmo tempo',
  'stop-failed': 'não pôde ser desligada: {fault}',
  'not-enough-memory': 'precisa de {needed} de memória, e {host} tem {free} disponíveis',
  'paused-by-hand': 'foi pausada manualmente[? por {by}]',
  adopted: 'foi encontrada em execução e assumida como está',
  'host-unseen': 'não há notícias do seu host {host}',
  'no-host': 'nenhum host pode recebê-la',
  'hypervisor-down': 'o hipervisor de {host} não responde',
  'not-at-boot': 'não inicia junto com o host; espera ser iniciada',
  'host-silent': 'seu host {host} não dá sinal e não está comprovadamente morto: {lacks}',
  'host-lost': 'seu host {host} está morto, comprovado por {proof}; aguarda que outro a receba',
  'no-place': 'nenhum host pode recebê-la: {hosts}',
  'cold-start': 'aguarda notícias {count|do host|dos hosts} {hosts}',
  'store-restored':
    'o armazenamento foi restaurado, e ela pode estar executando em {hosts}: aguarda até que {count|esse host seja examinado|esses hosts sejam examinados} ou {count|jurado morto|jurados mortos}',
  'runs-on-several': 'está em execução em {hosts} ao mesmo tempo: não é tocada em nenhum deles',
  moving: 'muda para {to}, {how}: {cause}',
  moved: 'veio[? de {from}]: {cause}',
  'move-failed': 'não pôde ser movida para {to}[?: {fault}]',
  'move-broken': 'perdeu-se a caminho de {to}: a ligação se rompeu depois que já executava lá; é iniciada de novo',
  'move-limit': 'acabaram os {limit} que podia levar: {done}[?; {refused} foi recusado]',
  'move-refused': 'não é movida para {to}: {why}',
})

export const needs = translatedFrom<typeof englishNeeds>()({
  'not-running': '{needs}, que não {count|está|estão} em execução',
  'going-down': '{needs}, que {count|está|estão} em desligamento',
  'not-answering-yet': '{needs}, que ainda não {count|responde|respondem}',
  refused: '{needs}, que {count|recusa|recusam} conexões',
  silent: '{needs}, que não {count|dá|dão} sinal',
  paused: '{needs}, que {count|está|estão} em pausa',
  failed: '{needs}, que {count|falhou|falharam}',
  'host-unseen': '{needs}, em um host sem notícias',
})

export const pauseCauses = translatedFrom<typeof englishCauses>()({
  asked: 'alguém pediu ao hipervisor',
  'io-error': 'um erro no seu disco',
  watchdog: 'seu watchdog disparou',
  crashed: 'ela caiu',
  migration: 'uma migração',
  'post-copy-broken': 'sua mudança se rompeu depois que já executava no outro host, e não pode continuar',
  other: 'o hipervisor não diz o motivo',
})
