/** O que um rascunho de arquivo do cluster diz nos comentários, e `vigia import` ao lado. */
export const importWords = {
  'import-scanning':
    'sondando {count} {count|VM|VMs} em execução: {questions} {questions|pergunta|perguntas}, no máximo {perSecond} por segundo, cerca de {takes}',
  'import-saved': '{file} está escrito: revise-o, depois "vigia check {file}" e "vigia apply {file}"',
  'import-bad-draft': 'o rascunho não serve como está; por favor, relate isto como erro do programa:',
  'expected-port-list': 'portas como 22,80/tcp,53/udp,8000-8010, ou none',
  'expected-new-file': 'um arquivo que ainda não existe',

  'draft-head': 'Rascunho do "vigia import", do que {uri} mostrou em {hostname}.',
  'draft-how-to':
    'Revise, tire o # das dependências verdadeiras, depois: vigia check ARQUIVO, vigia apply ARQUIVO --dry-run, vigia apply ARQUIVO. Cada VM mantém a sua definição no libvirt; memória, discos e interfaces estão aqui só para leitura.',
  'draft-scanned':
    'A cada VM em execução foram sondadas uma vez estas portas, no máximo {perSecond} por segundo, no endereço que o libvirt informa: {ports}.',
  'draft-not-scanned': 'Nenhuma porta foi sondada: falta escrever os serviços.',
  'draft-scan-left-out': 'Não sondadas, porque seria demais de uma vez: {guests}.',
  'draft-traffic-seen':
    'As conexões entre VMs foram procuradas {from}. Uma que não estava aberta naquele momento, ou que passou por uma bridge sem filtro, não foi vista.',
  'draft-from-conntrack': 'na tabela de conexões do host',
  'draft-from-agent': 'pelos agentes das VMs',
  'draft-traffic-unseen':
    'Nenhuma conexão entre VMs pôde ser vista: este host não tem tabela de conexões que se possa ler, e nenhum agente respondeu. Falta escrever as dependências.',
  'draft-host': 'Este host tem {memory} e {cpus} {cpus|CPU|CPUs}. Para reservar memória para o próprio host:',
  'draft-no-guests': 'o libvirt não tem domínios aqui',
  'draft-machine': '[?{memory} de memória][? (no máximo {most})][?, {cpus} {cpus|CPU|CPUs}]',
  'draft-disk': '{device} {target}: {source}[? ({format})][?, {readOnly}]',
  'draft-read-only': 'só leitura',
  'draft-empty-drive': 'vazio',
  'draft-interface': 'interface de rede: {kind}[? {source}][?, {mac}][?, {model}]',
  'draft-autostart': 'o libvirt a inicia no boot: a partir do "vigia apply", é o Vigia, em ordem',
  'draft-transient':
    'o domínio é transitório: o libvirt o esquece quando ele desliga, e então não há como iniciá-lo de novo; guarde a definição (virsh dumpxml) e indique esse arquivo com xml:',
  'draft-off': 'está desligada; sem esta linha, é iniciada',
  'draft-paused': 'está pausada; sem esta linha, é retomada',
  'draft-no-address': 'nenhum endereço encontrado: escreva-o (address: 192.0.2.10), ou instale o agente na VM',
  'draft-address-from-arp': 'da tabela ARP do host',
  'draft-address-found': 'o endereço é {address}, {from}',
  'draft-from-lease': 'de um lease do DHCP',
  'draft-from-the-agent': 'do agente da VM',
  'draft-from-arp': 'da tabela ARP do host',
  'draft-more-addresses': 'tem mais endereços: {addresses}',
  'draft-not-asked': 'as portas não foram sondadas',
  'draft-no-answer':
    'nenhuma das portas sondadas responde: escreva os serviços, ou ela conta como pronta assim que está em execução',
  'draft-needs-seen': 'vistas como conexões; confirme cada uma',
  'draft-need-seen': '{count} {count|conexão|conexões}',
  'draft-more-needs': 'e {count} {count|outro endereço|outros endereços} de fora',
  'draft-unnameable':
    'O domínio {domain} fica de fora: um arquivo do cluster não tem como nomeá-lo. Renomeie-o (virsh domrename).',
  'draft-made-by-vigia':
    'O domínio de {guest} foi feito pelo Vigia: a sua definição está no arquivo do cluster em vigor.',
} as const
