import {
  faults as english,
  actions as englishActions,
  hints as englishHints,
  outcomes as englishOutcomes,
  refusals as englishRefusals,
  faultWords as englishWords,
} from '../en/faults.ts'
import { translationOf } from '../message.ts'

export const faults = translationOf(english, {
  'address-not-found':
    'nenhum endereço encontrado para {guest}[?; fontes consultadas, nesta ordem: {tried}][?: {text}]',
  'bad-data':
    '[?{where}: ][?{path}: ]não foi possível entender os dados[?: esperado {expected}][?, recebido {got}][?, em {field}][?; seria {nearest}?][?: {problems}][?: {text}][? (linha {line})]',
  'bad-request': 'o pedido não é válido[?: esperado {expected}][?, recebido {got}][?, em {field}][?: {text}]',
  'certificate-refused': 'o certificado[? de {member}][? em {path}] foi recusado[?: {why}][?: {text}]',
  'cluster-file-refused':
    'o arquivo do cluster[? {file}] foi recusado[?: {count} {count|problema|problemas}][?: {text}]',
  'daemon-absent': 'o vigiad não responde[? em {socket}][?: {text}]',
  'daemon-busy': 'o vigiad não pode atender agora[?: {path}][?: {text}]',
  'disk-full':
    'não há mais espaço[? em {path}][? para {guest}][?: são necessários {needed}][?, há {free} livres][?: {text}]',
  'disk-missing': 'o disco {path} não existe[? e {guest} precisa dele][?: {text}]',
  'domain-exists': 'já existe um domínio chamado {domain}, e não é o esperado[?: {text}]',
  'domain-missing': 'o hipervisor não conhece nenhum domínio chamado {domain}[?: {text}]',
  'domain-refused': 'o hipervisor recusou o domínio {domain}[?: {action}][?: {text}]',
  'fence-absent': 'não há dispositivo de isolamento[? {device}][? para {host}][?: {path} não existe][?: {text}]',
  'fence-failed':
    'o dispositivo de isolamento[? {device}][? de {host}] falhou[?: {action}][?, sem resposta em {limit}][?: {text}]',
  'file-unreadable': 'não foi possível usar {file}[?: {text}]',
  'guest-agent-absent': 'o agente da VM {guest} não responde[?: {text}]',
  'guest-unknown': 'nenhuma VM se chama {guest}[?; seria {nearest}?]',
  'host-unknown': 'nenhum host se chama {host}[?; seria {nearest}?]',
  'hypervisor-absent': 'o libvirt não responde[? em {host}][?, no socket {socket}][?: {text}]',
  'hypervisor-error': 'o libvirt falhou[?: {action}][? de {domain}][?: {text}]',
  'hypervisor-lost': 'a conexão com o libvirt caiu[? durante: {action}][? de {domain}][?: {text}]',
  'hypervisor-timeout': 'o libvirt não respondeu[? em {limit}][?: {action}][? de {domain}][?: {text}]',
  internal: 'aconteceu algo que não deveria: {text}[? ({path})]',
  'limit-reached': 'o limite de {limit}[? {what}] foi atingido[?; foram pedidos {got}][?: {text}]',
  'migration-failed': '{domain} não mudou[? para {host}][?: {text}]',
  'needs-force': 'isso afetaria também outras coisas[?: {guests}][?: {text}]',
  'needs-several-hosts': '[?{path}: ]isso exige vários hosts, e há apenas um[?: {hosts}][?: {text}]',
  'no-quorum': 'não há maioria dos membros[?: {why}][?: {text}]',
  'not-allowed': 'sem permissão[?: {action}][?: {path}][?: {text}]',
  'not-enough-memory': '{guest} precisa de {needed} de memória, e o host tem {free} disponíveis[?: {text}]',
  'not-supported': 'sem suporte aqui: {action}[?: {text}]',
  'peer-lost': 'o membro {member} não responde[?: {text}]',
  'probe-impossible': 'a sonda de {guest} {service} não pode ser feita[?: {text}]',
  refused: 'recusado[?: {why}][?: {path}][?: esperado {expected}][?, recebido {got}][?: {text}]',
  'stop-refused': '{guest} não desligou[? em {limit}][?: {text}]',
  'store-busy': 'o armazenamento está em uso por outro processo[?: {path}][?: {text}]',
  'store-corrupt': 'o armazenamento contém algo que não pode ser entendido[?: {path}][?, na chave {key}][?: {text}]',
  'store-lost': 'o armazenamento não responde[?: {path}][?: {text}]',
  timeout: 'não terminou em {limit}[?: {what}][?: {text}]',
  'token-refused': 'o token de entrada foi recusado[?: {why}][?: {text}]',
  'watch-off': '{guest} não está sendo vigiada, e nada é feito com ela automaticamente[?: {text}]',
  'watchdog-absent': 'não há watchdog para armar[?: {path}][?: {text}]',
  'watchdog-refused': 'o watchdog[? {path}] não aceita o prazo[?: pedido {wished}][?, lido de volta {got}][?: {text}]',
})

export const hints = translationOf(englishHints, {
  'address-not-found':
    'Escreva o endereço no arquivo do cluster (address: 192.0.2.10) ou instale o agente na VM; "virsh domifaddr NOME --source arp" mostra o que o libvirt sabe.',
  'bad-data':
    'Corrija o que foi apontado e repita; "vigia check ARQUIVO" mostra de uma vez todos os problemas de um arquivo do cluster.',
  'bad-request': 'Veja "vigia help COMANDO"; um cliente de outra versão pode falar outro contrato.',
  'certificate-refused':
    'No host desse membro: "vigia cluster token" em outro membro e depois "vigia cluster join TOKEN" lhe dão um novo certificado; veja docs/operating/three-hosts.md.',
  'cluster-file-refused':
    '"vigia check ARQUIVO" mostra cada problema com sua linha; o que valia antes continua valendo.',
  'daemon-absent':
    'Inicie-o com "systemctl start vigiad"; "journalctl -u vigiad -e" diz por que parou. Para experimentar um arquivo sem o serviço: "vigia run ARQUIVO".',
  'daemon-busy': 'Repita daqui a pouco; "vigia status" e "journalctl -u vigiad -e" mostram o que ele está fazendo.',
  'disk-full': 'Libere espaço e repita: "df -h" mostra onde; nada do que foi confirmado se perdeu.',
  'disk-missing': 'Corrija o caminho no arquivo do cluster ou mande criar o disco nele (create: 10 GiB).',
  'domain-exists':
    'Renomeie um dos dois ou, se for o esperado, adote o domínio existente no arquivo do cluster (domain: NOME).',
  'domain-missing': '"virsh list --all" mostra o que existe; corrija o nome no arquivo do cluster ou defina o domínio.',
  'domain-refused': '"vigia why VM" mostra o que foi tentado; o registro do domínio fica em /var/log/libvirt/qemu/.',
  'fence-absent':
    'Nomeie os dispositivos dele no arquivo do cluster (hosts: NOME: fence:) e instale os programas com "apt install fence-agents".',
  'fence-failed':
    'Veja o endereço, o usuário e a senha do dispositivo; a energia do host é lida antes de qualquer outra ação.',
  'file-unreadable': 'Verifique se o caminho está certo e se o usuário do comando pode ler o arquivo.',
  'guest-agent-absent':
    'Instale e inicie o qemu-guest-agent na VM e dê ao domínio dela o canal org.qemu.guest_agent.0.',
  'guest-unknown': '"vigia status" lista as VMs; "vigia apply ARQUIVO" inclui as de um arquivo alterado.',
  'host-unknown': '"vigia status" lista os hosts; o arquivo do cluster os nomeia em hosts:.',
  'hypervisor-absent':
    'Instale o libvirt-daemon-system e inicie-o com "systemctl start libvirtd" (ou virtqemud.socket); "vigia doctor" diz quando ele responde.',
  'hypervisor-error': '"journalctl -u libvirtd -e" diz mais; "vigia doctor" confere a conexão.',
  'hypervisor-lost':
    'O vigiad reconecta sozinho e olha antes de agir; "journalctl -u libvirtd -e" diz por que o libvirt saiu.',
  'hypervisor-timeout':
    'O vigiad olha de novo antes de agir; se persistir, veja "journalctl -u libvirtd -e" e a carga do host.',
  internal: 'Relate o problema com a saída de "journalctl -u vigiad -e" e de "vigia doctor".',
  'limit-reached': 'Peça menos, ou por partes; os limites estão em docs/operating/the-cluster-file.md.',
  'migration-failed':
    '"vigia doctor" confere o que uma migração precisa dos dois hosts; "journalctl -u libvirtd -e" e /var/log/libvirt/qemu/ neles dizem mais.',
  'needs-force': 'Veja o que mais seria afetado; se for isso mesmo, repita com --force.',
  'needs-several-hosts': 'Um cluster de um só host não pode fazer isso.',
  'no-quorum':
    'Mais da metade dos membros precisa estar no ar e se alcançar; "vigia cluster members" mostra quais estão. Um terceiro host, ou uma testemunha pequena, torna seguros dois hosts.',
  'not-allowed': 'Execute como root ou como membro do grupo vigia; "id" e "ls -l" mostram quem é quem e quem pode.',
  'not-enough-memory': 'Dê menos a outra VM ("vigia memory VM TAMANHO"), ou mude memory: desta, ou reserved: do host.',
  'not-supported': 'Dispense isso ou use um hipervisor mais novo: "vigia doctor" mostra qual está em uso.',
  'peer-lost':
    '"systemctl status vigiad" naquele host mostra se ele está no ar; a porta dos membros (7443/tcp) precisa estar aberta entre os hosts.',
  'probe-impossible': 'Corrija a sonda no arquivo do cluster; enquanto isso, nada se conclui sobre o serviço.',
  refused: 'Nada foi alterado; elimine o motivo apontado e repita.',
  'stop-refused':
    'Veja o console dela; onRefusedShutdown: force no arquivo do cluster a desliga à força passado o limite.',
  'store-busy': 'Só um vigiad pode rodar em cada host: "systemctl status vigiad" mostra qual é.',
  'store-corrupt':
    'Pare o vigiad, guarde o arquivo em outro lugar, inicie-o e aplique de novo o arquivo do cluster: as VMs em execução são assumidas como estão.',
  'store-lost': 'Verifique o disco e as permissões de /var/lib/vigia; enquanto isso, as VMs continuam como estão.',
  timeout: 'Ainda pode se completar: "vigia status" mostra como as coisas estão.',
  'token-refused': '"vigia cluster token" em um membro mostra um novo; ele vale para um host e por uma hora.',
  'watch-off': '"vigia watch on VM" volta a vigiá-la.',
  'watchdog-absent':
    'Carregue o driver da máquina ("modprobe iTCO_wdt" ou, em último caso, softdog) e veja se outro programa não o ocupa: "wdctl" o mostra.',
  'watchdog-refused':
    '"wdctl" mostra o que o watchdog permite; escolha um lease que combine com ele ou dê ao host um dispositivo de isolamento.',
})

export const outcomes = translationOf(englishOutcomes, {
  'not-done': 'nada foi alterado',
  unknown: 'não se sabe se teve efeito; isso é verificado antes de qualquer outra ação',
})

export const refusals = translationOf(englishRefusals, {
  'no-cluster-file': 'nenhum arquivo do cluster está em vigor ainda',
  ignored: 'o arquivo do cluster diz que {guest} é ignorada',
  'need-disabled': '{guest} depende de {need}, que está desativada',
  'not-running': '{guest} não está em execução',
  'memory-above-maximum': '{guest} pode ter no máximo {maximum}, e foram pedidos {wished}',
  'memory-too-small': '{wished} é menos que {smallest}, e {guest} não resistiria',
})

export const actions = translationOf(englishActions, {
  node: 'consulta ao host',
  capabilities: 'consulta aos recursos',
  list: 'lista de domínios',
  look: 'consulta',
  definition: 'leitura da definição',
  start: 'início',
  shutdown: 'desligamento',
  'power-off': 'desligamento da energia',
  'power-on': 'religamento da energia',
  'power-status': 'leitura da energia',
  'device-parameters': 'consulta aos parâmetros',
  destroy: 'desligamento forçado',
  suspend: 'pausa',
  resume: 'retomada',
  'set-memory': 'mudança de memória',
  autostart: 'consulta ao início automático',
  'set-autostart': 'mudança do início automático',
  addresses: 'busca de endereços',
  'ping-agent': 'pergunta ao agente da VM',
  autostarting: 'lista do que inicia no boot',
  'read-guest-file': 'leitura de um arquivo pelo agente da VM',
  console: 'console da VM',
  migrate: 'migração',
  'migration-progress': 'consulta à migração',
  'cancel-migration': 'cancelamento da migração',
  'migration-needs': 'consulta ao que uma migração precisa',
  'migration-offer': 'consulta ao que pode ser recebido',
  'make a qcow2 disk': 'criação de um disco qcow2',
})

export const faultWords = translationOf(englishWords, {
  'too much waits for etcd': 'há pedidos demais à espera do etcd',
  'etcd gave no token': 'o etcd não entregou um token',
  'a name': 'um nome',
  'not a key of this cluster': 'não é uma chave deste cluster',
  'pages of a read': 'páginas de uma leitura',
  'a value that Vigia did not write': 'um valor que o Vigia não escreveu',
  'another daemon uses the name of this one': 'outro daemon usa o nome deste',
  'another-file': 'outro arquivo foi aplicado nesse meio-tempo',
  'body-too-large': 'o corpo é grande demais',
  'log-tells': 'o registro do vigiad diz mais',
  'live-streams': 'fluxos ao vivo',
  consoles: 'consoles abertos',
  'answer-bytes': 'bytes de uma resposta',
  'calls-waiting': 'chamadas à espera do libvirt',
  'questions-waiting': 'perguntas à espera',
  'seed-bytes': 'bytes de dados do cloud-init',
  body: 'corpo',
  folder: 'pasta',
  events: 'eventos',
  'not-running': 'não está em execução',
  'migration-not-begun': 'foi cancelada antes de começar',
  'migration-elsewhere': 'já está mudando para outro host',
  'migration-still-here': 'ainda está aqui, pausada',
  'domain-xml': 'XML do domínio',
  'xml-text': 'texto que caiba em XML',
  'no-qemu-img': 'o qemu-img não está instalado',
  'directory-expected': 'esperado um diretório, recebido um arquivo',
  closed: 'fechado',
  'no answer in time': 'nenhuma resposta a tempo',
  'nobody listens there': 'ninguém escuta ali',
  'an answer to another question': 'uma resposta a outra pergunta',
  'not the member that was asked': 'não é o membro a quem se perguntou',
  'no address is known': 'nenhum endereço é conhecido',
  'a question in the name of another': 'uma pergunta em nome de outro',
  'events-waiting': 'há eventos demais à espera de gravação',
  'disk-silent': 'o disco não responde',
  'writes-waiting': 'há coisa demais à espera de gravação',
  'one line': 'uma linha',
  'a value': 'um valor',
  'too long for a secret': 'longo demais para um segredo',
  'metadata of a fence agent': 'metadados de um agente de isolamento',
  'fence programs': 'programas de isolamento',
  'its feeder does not start': 'o alimentador não inicia',
  'the feeder of the watchdog': 'o alimentador do watchdog',
})
