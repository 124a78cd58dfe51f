/** Ajuda de `vigia drill`. */
export const drillHelp = {
  'drill-summary': 'mede de propósito o que uma perturbação custa, e guarda o resultado',
  'drill-about':
    'run VM mede a VM como seus usuários a veem enquanto algo é feito a ela: sua indisponibilidade (pings), um download que não pode se romper, a carga que ainda suporta por conexões persistentes (keep-alive); durante nada, um reinício, uma migração a frio, uma migração a quente, um corte de energia do seu host, uma falha do seu serviço; várias vezes, e põe tudo de volta depois de cada rodada. Os valores vêm com desvio padrão, intervalo de 95 % e percentis, e com o que os melhoraria.\n\nÉ recusado enquanto outro exercício está em andamento, algo não está como desejado, ou um corte de energia deixaria VMs sem host; pergunta antes em um cluster em uso; termina sozinho quando outra coisa dá errado. Roda no vigiad: um terminal perdido não altera nada, e depois de uma queda do daemon é desfeito, e o relatório diz isso.\n\nlist mostra o que foi feito, o que está em andamento e o que virá; report mostra um deles de novo; stop encerra o que está em andamento.',
  'drill-example-run': 'dez migrações a quente, e dez vezes nada para comparar',
  'drill-example-power': 'a recuperação, a partir de um host que não é perdido',
  'drill-example-report': 'o mais novo, como página para imprimir',
  'option-measure': 'downtime, transfer, load: um ou vários com vírgulas (em geral downtime)',
  'option-during':
    'nothing, reboot, cold-move, live-migration, power-cut, service-failure: um ou vários com vírgulas (em geral nothing,live-migration)',
  'option-drill-runs': 'quantas vezes cada um (em geral 3)',
  'option-drill-to': 'o host para onde vai (em geral qualquer um que possa recebê-la)',
  'option-interval': 'entre dois pings (em geral 1s)',
  'option-baseline': 'por quanto tempo nada acontece, na indisponibilidade (em geral 20s)',
  'option-edge': 'medido antes e depois da perturbação (em geral 3s)',
  'option-drill-port': 'porta TCP do seu servidor web (em geral 80)',
  'option-drill-path': 'o que é baixado (em geral /)',
  'option-load-path': 'o que a carga pede (em geral /)',
  'option-connections': 'conexões persistentes (keep-alive) da carga (em geral 10)',
  'option-requests': 'requisições da carga no total (em geral 20000)',
  'option-drill-service': 'o serviço que falha: 80/tcp',
  'option-failure': 'por quanto tempo falha (em geral 10s)',
  'option-drill-dry-run': 'só diz se poderia começar',
  'option-pdf': 'escreve o relatório como PDF, pelo chromium',
} as const
