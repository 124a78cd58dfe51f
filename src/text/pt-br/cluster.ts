/** Ajuda e palavras de `vigia cluster`. */
export const clusterHelp = {
  'cluster-summary': 'o lugar deste host entre vários',
  'cluster-about':
    'init faz deste host o primeiro membro de um cluster, cujo armazenamento é um etcd que o Vigia inicia em cada membro ou, com --etcd, um que já existe. token imprime um token em qualquer membro; com ele, join faz de outro host um membro, dentro de uma hora. leave tira este host do cluster: antes, leve as VMs dele para outro lugar (manutenção); com um nome, tira um que se perdeu de vez. members mostra quem pertence ao cluster e quem renova agora.\n\nTodos trabalham com os arquivos de /var/lib/vigia, portanto como root, e valem quando o vigiad iniciar de novo. Uma testemunha é uma máquina pequena que conta como membro e não tem VMs.',
  'cluster-example-init': 'o primeiro host',
  'cluster-example-token': 'num membro: o que o próximo host precisa',
  'cluster-example-join': 'no próximo host',
  'cluster-example-members': 'quem está ali',
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
  'option-cluster-replaced': 'leave: outra máquina toma o lugar dele em seguida; no intervalo podem restar dois votos',
  'exit-no-quorum': '106  nenhuma maioria dos membros responde, ou restaria',
  'exit-members': '1    recusado, com o motivo; members: alguém não renova',
} as const

/** O que `vigia cluster` diz. */
export const clusterWords = {
  'cluster-founded': '{member} é o primeiro membro do cluster {cluster}',
  'cluster-joined': '{member} é membro do cluster {cluster}',
  'cluster-restart': 'Vale quando o vigiad iniciar: systemctl restart vigiad',
  'cluster-token-hint':
    'Vale para um host e por uma hora. Lá: vigia cluster join TOKEN, depois systemctl restart vigiad',
  'cluster-leave-question': 'Este host deixa o cluster e esquece o certificado. Continuar? [s/N] ',
  'cluster-leave-question-other':
    '{member} é tirado do cluster; a máquina dele precisa estar desligada de vez. Continuar? [s/N] ',
  'cluster-left-other': '{member} não é mais membro',
  'usage-yes-needed-here': 'isto tira o host do cluster: repita com --yes',
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
  'cluster-silent': 'em silêncio',
} as const
