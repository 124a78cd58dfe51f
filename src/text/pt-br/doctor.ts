import type { checks as englishChecks, remedies as englishRemedies } from '../en/doctor.ts'
import { translatedFrom } from '../message.ts'

export const checks = translatedFrom<typeof englishChecks>()({
  'node-pass': 'Node {version} em uso',
  'node-fail': 'o Node {version} é velho demais: é preciso ao menos {wanted}',
  'daemon-pass': 'o vigiad {version} responde em {socket}',
  'version-warn': 'o vigiad é da versão {daemon}, este comando é da versão {command}',
  'socket-pass': '{user} pode usar o socket do vigiad',
  'socket-fail': '{user} não pode usar {socket}, que é do grupo {group}',
  'daemons-pass': 'só um vigiad está em execução aqui',
  'daemons-fail': 'há {count} vigiads em execução aqui: processos {pids}',
  'ready-pass': 'o vigiad está pronto',
  'ready-fail': 'o vigiad não pode fazer o seu trabalho',
  'cluster-pass': 'o arquivo do cluster {file} está em vigor',
  'cluster-warn': 'não há arquivo do cluster em vigor',
  'hypervisor-pass': 'o hipervisor responde[?: {kind} {version}][?, {cpus} {cpus|CPU|CPUs}][?, {memory}]',
  'state-pass': '{path} tem {free} livres',
  'state-warn': '{path} só tem {free} livres',
  'state-fail': '{path} só tem {free} livres: logo nada mais poderá ser gravado',
  'state-missing-warn': '{path} ainda não existe',
  'state-rights-fail': '{user} não pode gravar em {path}',
  'state-open-warn': '{path} pode ser lido por todos (modo {mode})',
  'clock-pass': 'o relógio está sincronizado',
  'clock-warn': 'o relógio não está sincronizado',
  'clock-unknown-warn': 'não há como saber se o relógio está sincronizado',
  'kvm-pass': 'as VMs usam o processador diretamente (KVM)',
  'kvm-absent-warn': 'as VMs são emuladas, várias vezes mais lentas: não há /dev/kvm',
  'kvm-processor-warn': 'as VMs são emuladas, várias vezes mais lentas: o processador não mostra virtualização',
  'libvirt-guests-pass': 'o libvirt-guests.service não interfere',
  'libvirt-guests-warn':
    'o libvirt-guests.service está habilitado: não encontra nada a fazer quando o host desliga, mas parado à mão desliga VMs vigiadas',
  'libvirt-guests-fail':
    'o libvirt-guests.service está habilitado, e desliga e inicia VMs vigiadas sem respeitar a ordem',
  'host-shutdown-pass': 'o vigia-guests.service desliga as VMs em ordem quando o host desliga',
  'host-shutdown-warn': 'nada desliga as VMs em ordem quando o host desliga',
  'memory-pass': 'as VMs ocupam {given} de {total}[?, {reserved} ficam para o host]',
  'memory-warn': 'as VMs ocupam {given}, mais que os {room} que o host tem para elas; ele tem {swap} de swap',
  'memory-fail': 'as VMs ocupam {given}, mais que os {room} que o host tem para elas, e não há swap',
  'domain-fail': 'o domínio {domain} não existe',
  'autostart-pass': 'o libvirt não inicia {domain} por conta própria',
  'autostart-fail': 'o libvirt inicia {domain} por conta própria no boot, fora de ordem',
  'disks-pass': 'os discos existem',
  'disks-fail': 'faltam discos: {missing}',
  'address-pass': 'o endereço é {address}',
  'host-name-pass': 'este host encontra o próprio nome, {name}',
  'host-name-warn':
    'este host não encontra o próprio nome, {name}, em até {limit}: o libvirt espera por ele a cada migração',
  'other-name-fail': 'o nome do host {name} não é encontrado em até {limit}',
  'other-libvirt-pass': 'o libvirt de {name} pode ser alcançado: {uri}',
  'other-libvirt-fail': 'o libvirt de {name} não escuta nem por TLS nem por TCP: nenhuma VM pode migrar para lá',
  'other-trust-fail': 'o libvirt de {name} não deixa este host entrar ({uri}): {text}',
  'other-cpu-pass': '{name} tem a mesma CPU',
  'other-cpu-warn': '{name} tem outra CPU: VMs que veem a CPU do host (host-passthrough) não podem migrar para lá',
  'third-member-warn': 'o cluster tem dois membros: o armazenamento depende de um só deles',
  'authority-changing-warn': 'a autoridade do cluster está sendo trocada, e espera por {members}',
  'authority-behind-fail':
    'a autoridade do cluster foi trocada enquanto este host estava ausente: ele não é mais membro',
  'clocks-pass': 'os relógios de {hosts} estão de acordo',
  'clock-ahead-warn': 'seu relógio está {off} adiantado em relação aos outros',
  'clock-ahead-fail': 'seu relógio está {off} adiantado em relação aos outros',
  'clock-behind-warn': 'seu relógio está {off} atrasado em relação aos outros',
  'clock-behind-fail': 'seu relógio está {off} atrasado em relação aos outros',
  'cpus-pass': '{hosts} têm a mesma CPU',
  'cpus-warn':
    'os hosts não têm a mesma CPU ({groups}): uma VM que vê a CPU do seu host (host-passthrough) não pode migrar a quente de um para outro',
  'paths-pass': 'os seus {count} endereços estão em placas de rede próprias',
  'one-card-warn':
    'os seus endereços {addresses} estão em uma única placa de rede ({card}): dois caminhos sobre uma placa de rede são um caminho só',
  'watchdog-pass': 'seu watchdog ({identity}) corta sua energia quando ele trava ou fica isolado',
  'no-watchdog-warn': 'não tem watchdog: só seu dispositivo de isolamento prova que está morto',
  'no-watchdog-fail':
    'não tem watchdog nem dispositivo de isolamento: nada prova que está morto, e suas VMs não são iniciadas em outro lugar',
  'watchdog-times-warn': 'seu watchdog não dispara antes do fim do lease ({text}), e nada prova',
  'watchdog-times-fail':
    'seu watchdog não dispara antes do fim do lease ({text}): nada prova, e não há dispositivo de isolamento',
  'softdog-warn': 'seu watchdog é o softdog, a segunda melhor opção: ele trava junto com o kernel que deveria vigiar',
  'softdog-virtual-warn':
    'é um host virtual e seu watchdog é o softdog, que para quando o host é pausado: não prova que está morto; seu dispositivo de isolamento prova',
  'softdog-virtual-fail':
    'é um host virtual e seu watchdog é o softdog, que para quando o host é pausado: não prova que está morto',
  'watchdog-unknown-warn': 'não há como saber o que é seu watchdog ({identity})',
  'watchdog-virtual-warn':
    'é um host virtual: seu watchdog ({identity}) pode parar quando o host é pausado ou suspenso',
  'store-writes-pass': 'o armazenamento aceita uma escrita em {took}',
  'store-writes-warn':
    'uma escrita no armazenamento levou {took}, mais que um terço dos {gap} que uma renovação pode atrasar com um lease de {lease}',
  'store-writes-fail':
    'uma escrita no armazenamento levou {took}, mais que os {gap} que uma renovação pode atrasar com um lease de {lease}: um momento de carga conta como a perda de um host',
  'store-fits-pass': 'seu disco faz uma escrita durável em {disk}[?, uma maioria do armazenamento está a {trip}]',
  'store-disk-slow-warn': 'o disco do armazenamento leva até {disk} para uma escrita durável; bom seria 10 ms',
  'store-disk-too-slow-fail':
    'o disco do armazenamento leva até {disk} para uma escrita durável, mais que um heartbeat: o armazenamento perde seu líder por isso',
  'store-renewals-slow-warn': 'uma renovação leva cerca de {renewal}; com este lease o bom seria {allowed}',
  'store-renewals-too-slow-fail':
    'uma renovação leva cerca de {renewal} (disco {disk}, uma maioria a {trip}), mais do que pode atrasar com este lease',
  'store-elections-too-slow-fail':
    'uma maioria do armazenamento está a {trip}: quando seu líder se perde, os hosts ficam sem renovar por mais tempo do que este lease permite',
  'shared-disks-pass': '{hosts} veem os mesmos discos',
  'disks-not-there-fail': '{host} não tem {paths}: ela não pode ser iniciada lá',
  'disks-not-shared-fail': '{host} tem outro disco em {paths}: ela seria iniciada lá com outra coisa, ou com nada',
  'disks-unsure-warn': 'não há como saber se {host} tem o mesmo disco em {paths}',
  'address-warn': 'nenhum endereço encontrado, perguntando nesta ordem: {order}',
})

export const remedies = translatedFrom<typeof englishRemedies>()({
  node: 'Instale o pacote do Vigia, que traz o seu Node, ou um Node mais novo.',
  version: 'Uma atualização vale a partir de "systemctl restart vigiad"; as VMs continuam enquanto isso.',
  socket: '"sudo usermod -aG {group} {user}", depois entre de novo; ou execute como root.',
  daemons:
    'Pare todos menos um: dois trabalhariam um contra o outro. "systemctl status vigiad" mostra qual é o serviço.',
  ready: '"journalctl -u vigiad -e" diz mais.',
  cluster: '"vigia apply ARQUIVO" põe um em vigor; "vigia import" faz um rascunho a partir do que existe aqui.',
  state: 'Libere espaço ali: pedidos são recusados quando não há onde gravá-los.',
  'state-missing': 'O vigiad o cria quando inicia pela primeira vez.',
  'state-rights': 'O vigiad roda como root e é o dono; "ls -ld {path}" mostra de quem é agora.',
  'state-open': '"chmod 711 {path}" protege pedidos e histórico dos outros usuários.',
  clock: '"timedatectl set-ntp true", ou instale o chrony: os horários do histórico valem tanto quanto o relógio.',
  'clock-unknown': '"timedatectl" diria: os horários do histórico valem tanto quanto o relógio.',
  'kvm-absent': 'Carregue kvm_intel ou kvm_amd; em um host virtual, peça virtualização aninhada.',
  'kvm-processor': 'Ligue a virtualização no firmware; em um host virtual, peça que seja aninhada.',
  'libvirt-guests': '"systemctl disable libvirt-guests.service", que vale a partir do próximo boot.',
  'host-shutdown': '"systemctl enable --now vigia-guests.service" resolve.',
  memory: 'Dê menos a uma VM ("vigia memory VM TAMANHO"), ou desligue uma.',
  domain: '"virsh list --all" mostra o que existe; corrija domain: no arquivo do cluster, ou defina o domínio.',
  autostart:
    '"virsh autostart --disable {domain}"; o vigiad faz isso sozinho em segundos, a não ser que o libvirt recuse.',
  disks: 'Corrija os caminhos, ou deixe que os discos sejam criados ali (create: 10 GiB).',
  'host-name': 'Escreva-o em /etc/hosts, com o endereço pelo qual os outros hosts o conhecem.',
  'other-name': 'Escreva os nomes de todos os hosts em /etc/hosts de cada um.',
  'other-libvirt': 'Faça-o escutar: docs/operating/migration.md explica como, com certificados.',
  'other-trust': 'Dê aos dois hosts certificados de uma mesma autoridade: docs/operating/migration.md explica como.',
  'other-cpu': 'Dê a essas VMs um modelo de CPU que os dois hosts tenham; "virsh hypervisor-cpu-baseline" acha um.',
  'third-member':
    'Junte um terceiro host, ou uma máquina pequena como testemunha ("vigia cluster token --witness"): docs/operating/three-hosts.md.',
  'authority-changing':
    'Continua quando eles estiverem presentes. Um que não volta: "vigia cluster leave NOME --replaced".',
  'authority-behind':
    'Aqui "systemctl stop vigiad" e "vigia cluster leave --forget"; em um membro "vigia cluster token --replaces NOME"; aqui "vigia cluster join TOKEN".',
  'clock-ahead': 'Acerte-o lá: "timedatectl set-ntp true", ou chrony; "chronyc makestep" para um salto grande.',
  'clock-behind': 'Acerte-o lá: "timedatectl set-ntp true", ou chrony; "chronyc makestep" para um salto grande.',
  cpus: 'Dê às VMs um modelo de CPU com nome que todos os hosts tenham; "virsh hypervisor-cpu-baseline" encontra um. A migração a frio é possível.',
  'one-card':
    'Dê ao segundo endereço uma placa, um cabo e um switch próprios, ou retire-o: ele esconde que só há um caminho.',
  'no-watchdog':
    'Carregue o driver do seu watchdog ("modprobe iTCO_wdt" ou o que a máquina tiver; softdog é a segunda melhor opção), ou dê a ele um dispositivo de isolamento (hosts: … fence:).',
  'watchdog-times': 'Escolha um lease mais longo (settings: lease), ou um watchdog que aceite a metade dele.',
  softdog: 'Carregue o driver do watchdog da própria máquina, se houver; "wdctl" mostra o que está em uso.',
  'softdog-virtual': 'Dê a ele um dispositivo de isolamento que passe pelo seu hipervisor (fence_virsh, fence_virt …).',
  'watchdog-unknown': '"wdctl" mostra lá o que é.',
  'watchdog-virtual':
    'Dê a ele um dispositivo de isolamento que passe pelo seu hipervisor (fence_virsh, fence_virt …).',
  'store-writes':
    'Um disco menos ocupado para o armazenamento, uma rede mais rápida entre os hosts, ou um lease mais longo: docs/operating/three-hosts.md.',
  'store-disk-slow': 'Um disco menos ocupado para /var/lib/vigia/etcd; os discos das VMs em outro lugar.',
  'store-disk-too-slow': 'Um disco mais rápido para /var/lib/vigia/etcd; os discos das VMs em outro lugar.',
  'store-renewals-slow':
    'Um disco mais rápido para /var/lib/vigia/etcd, uma rede mais rápida entre os hosts, ou um lease mais longo.',
  'store-renewals-too-slow':
    'Um disco mais rápido para /var/lib/vigia/etcd, uma rede mais rápida entre os hosts, ou um lease mais longo.',
  'store-elections-too-slow': 'Escolha um lease mais longo (settings: lease), ou aproxime os membros do armazenamento.',
  'disks-not-there':
    'Ponha seus discos em um armazenamento que todos estes hosts montem no mesmo caminho, ou mantenha-a fora daquele host por uma regra.',
  'disks-not-shared':
    'Ponha seus discos em um armazenamento que todos estes hosts montem no mesmo caminho, ou mantenha-a fora daquele host por uma regra.',
  'disks-unsure': 'Compare à mão: "stat" de um arquivo, "lsblk -o NAME,WWN,SIZE" de um dispositivo, nos dois hosts.',
  address: 'Escreva o endereço no arquivo do cluster, ou instale o agente na VM.',
})
