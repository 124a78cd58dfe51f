/** Ajuda e palavras de `vigia cluster`. */
export const clusterHelp = {
  'cluster-summary': 'cuida do lugar deste host entre vários',
  'cluster-about':
    'init faz deste host o primeiro membro de um cluster, cujo armazenamento é um etcd que o Vigia inicia em cada membro ou, com --etcd, um que já existe. token imprime um token em qualquer membro; com ele, join faz de outro host um membro, dentro de uma hora. leave tira este host do cluster: antes, leve as VMs dele para outro lugar (manutenção); com um nome, tira um que se perdeu de vez. com --forget, um host esquece um cluster cujo armazenamento agora é outro. members mostra quem pertence ao cluster e quem renova agora.\n\nbackup guarda todo o armazenamento em um arquivo; restore o refaz a partir de um deles, em um host com vigiad e etcd parados, ou da cópia do próprio host quando todos os outros estão desligados de vez (--alone). Um etcd seu é restaurado com as ferramentas dele e preparado com restore --external. Depois de um restore nenhuma VM inicia até que todos os hosts tenham sido examinados. stand-down deixa viver, com suas VMs, um host cujo armazenamento se perdeu de vez.\n\nrotate-ca refaz a autoridade que assina os certificados de todos os membros, enquanto tudo continua: todos confiam nas duas, depois todos recebem certificados novos, depois a antiga é abandonada. Espera por todos os membros; interrompido em qualquer ponto, continua sozinho.\n\nTodos trabalham com os arquivos de /var/lib/vigia, portanto como root, e valem quando o vigiad iniciar de novo. Uma testemunha é uma máquina pequena que conta como membro e não tem VMs.',
  'cluster-example-init': 'o primeiro host',
  'cluster-example-token': 'em um membro: o que o próximo host precisa',
  'cluster-example-join': 'no próximo host',
  'cluster-example-members': 'quem faz parte dele',
  'cluster-example-rotate-ca': 'depois que um host foi roubado: nada do que ele tem abre mais nada',
  'cluster-example-backup': 'tudo o que o cluster sabe, em um arquivo',
  'option-cluster-name': 'nome do cluster; a parte dele no etcd se chama assim',
  'option-cluster-address':
    'endereço IP em que os outros membros alcançam este host, com :PORTA se não for 7443; vários com vírgulas (join: por padrão, aquele pelo qual os alcança)',
  'option-cluster-etcd':
    'URLs de um etcd que já existe, com vírgulas, o mais próximo primeiro; sem isso o Vigia inicia o seu (join: por padrão, o que os outros têm)',
  'option-cluster-etcd-ca': 'arquivo da autoridade que assinou os certificados do etcd',
  'option-cluster-etcd-cert': 'arquivo do certificado a mostrar ao etcd',
  'option-cluster-etcd-key': 'arquivo da chave dele',
  'option-cluster-libvirt-uri': 'como o libvirt dos outros alcança este; padrão qemu+tls://ENDEREÇO/system',
  'option-cluster-witness': 'token: para uma testemunha',
  'option-cluster-replaces': 'token: para uma máquina nova no lugar deste membro, que se perdeu',
  'option-cluster-forget': 'leave, sem nome: só este host esquece; os outros não são consultados',
  'option-cluster-alone': 'restore: todos os outros membros estão desligados de vez, e as VMs deles também',
  'option-cluster-no-wait': 'rotate-ca: volta assim que tiver começado',
  'option-cluster-external':
    'restore, sem FILE: um etcd seu, que as ferramentas dele restauraram; o vigiad não pode estar em execução em nenhum host',
  'option-cluster-replaced': 'leave: outra máquina toma o lugar dele em seguida; no intervalo podem restar dois votos',
  'exit-no-quorum': '106  nenhuma maioria dos membros responde, ou restaria',
  'exit-members': '1    recusado, com o motivo; members: alguém não renova',
} as const

/** O que `vigia cluster` diz. */
export const clusterWords = {
  'cluster-founded': '{member} é o primeiro membro do cluster {cluster}',
  'cluster-joined': '{member} é membro do cluster {cluster}',
  'cluster-join-waits': 'nenhuma maioria dos membros renova ainda; esperando por uma, no máximo {limit}',
  'cluster-restart': 'Vale quando o vigiad iniciar: systemctl restart vigiad',
  'cluster-token-hint':
    'Vale para um host e por uma hora. Lá: vigia cluster join TOKEN, depois systemctl restart vigiad',
  'cluster-leave-question': 'Este host deixa o cluster e esquece o certificado. Continuar? [s/N] ',
  'cluster-leave-question-other':
    '{member} é tirado do cluster; a máquina dele precisa estar desligada de vez. Continuar? [s/N] ',
  'cluster-left-other': '{member} não é mais membro',
  'usage-yes-needed-here': 'isto exige confirmação: repita com --yes',
  'cluster-forget-question':
    'Este host esquece seu cluster e seu certificado; suas VMs continuam, sem vigia. Continuar? [s/N] ',
  'cluster-forgotten': '{member} esqueceu seu cluster; "vigia cluster join TOKEN" faz dele um membro de novo',
  'cluster-backed-up': 'o armazenamento está guardado em {path}',
  'cluster-restore-question':
    'O armazenamento deste host é posto de lado, e o que foi guardado toma o lugar dele. Todos os outros membros precisam ter se retirado ("vigia cluster stand-down") ou estar desligados. Continuar? [s/N] ',
  'cluster-restore-question-alone':
    'Todos os outros membros estão desligados de vez, e nenhuma VM deles está em execução: você jura? Uma VM que ainda rode lá rodaria duas vezes. [s/N] ',
  'cluster-restore-question-external':
    'O etcd deste cluster foi restaurado com as ferramentas dele: ele vai esquecer a quem pertencia cada VM. O vigiad precisa estar parado em todos os hosts. Continuar? [s/N] ',
  'cluster-restored-external': 'o armazenamento restaurado pode ser usado: em cada host, systemctl start vigiad',
  'cluster-restored-external-waits':
    'Nenhuma VM inicia até que todos os hosts que eram membros tenham sido examinados. Um que entrou depois de o armazenamento ser guardado não é conhecido: ali "vigia cluster leave --forget", depois "vigia cluster join TOKEN". Um que está desligado de vez: "vigia swear-dead NOME".',
  'cluster-rotate-question':
    'Todos os membros recebem certificados de uma autoridade nova, e o armazenamento de cada um é reiniciado duas vezes, um depois do outro. As VMs continuam. Continuar? [s/N] ',
  'cluster-rotate-begun': 'a autoridade do cluster está sendo trocada',
  'cluster-rotate-goes-on': 'a autoridade do cluster já está sendo trocada',
  'cluster-rotate-stage': '{member}: {stage}',
  'cluster-rotate-none': 'ainda não começou',
  'cluster-rotate-trusts-both': 'confia na autoridade antiga e na nova',
  'cluster-rotate-renewed': 'mostra um certificado da autoridade nova',
  'cluster-rotate-dropped': 'abandonou a autoridade antiga',
  'cluster-rotate-done': 'o cluster tem uma autoridade nova; nada da antiga abre mais nada',
  'cluster-rotate-left': 'Continua sem este comando: "vigia doctor" diz por quem espera.',
  'cluster-restored': 'o armazenamento está restaurado e em execução neste host: systemctl start vigiad',
  'cluster-restored-waits':
    'Nenhuma VM inicia até que todos os hosts que eram membros tenham sido examinados: em cada um, "vigia cluster leave --forget", depois "vigia cluster join TOKEN" com um token de "vigia cluster token --replaces NOME". Um que está desligado de vez: "vigia swear-dead NOME".',
  'cluster-restored-alone': 'Os outros não são mais membros; substitua-os com "vigia cluster token".',
  'cluster-stand-down-question':
    'O armazenamento deste cluster se perdeu de vez, e este host deve viver sem ele: seu etcd termina, seu watchdog é fechado. Continuar? [s/N] ',
  'cluster-stood-down': '{member} se retirou: suas VMs continuam, e o vigiad pode ser parado ("systemctl stop vigiad")',
  'cluster-left': '{member} saiu: o vigiad dele desarma o watchdog e termina',
  'cluster-column-member': 'MEMBRO',
  'cluster-column-kind': 'TIPO',
  'cluster-column-state': 'ESTADO',
  'cluster-column-watchdog': 'WATCHDOG',
  'cluster-column-addresses': 'ENDEREÇOS',
  'cluster-host': 'host',
  'cluster-witness': 'testemunha',
  'cluster-leads': 'lidera',
  'cluster-renews': 'renova',
  'cluster-silent': 'sem sinal',
} as const
