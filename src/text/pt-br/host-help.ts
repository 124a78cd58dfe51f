/** A ajuda dos comandos que olham o próprio host. */
export const hostHelp = {
  'import-summary': 'faz um rascunho de arquivo do cluster a partir das VMs que o libvirt tem',
  'import-about':
    'Escreve um arquivo do cluster para as VMs que existem: os domínios do libvirt, em execução ou não, com os seus endereços e as portas que respondem; memória, discos e interfaces como comentários, porque cada VM mantém a sua definição no libvirt. As que estão desligadas continuam desligadas. Conexões vistas entre VMs (na tabela de conexões do host, ou pelos agentes das VMs) aparecem como dependências atrás de um #, para serem confirmadas. Não precisa do daemon e não muda nada.\n\nSó as VMs em execução são sondadas, nos endereços que o libvirt informa, cada porta uma vez e com um máximo por segundo; uma porta UDP só conta onde algo responde. Com -o json, é impresso o que foi encontrado.',
  'import-example': 'fazer um rascunho e revisá-lo',
  'import-example-ports': 'sondar outras portas, e devagar',
  'option-libvirt-socket': 'o socket do libvirt; padrão {path}, ou o do daemon modular',
  'option-libvirt-uri': 'o que abrir nele; padrão {uri}',
  'option-ports': 'portas a sondar, como 22,80/tcp,53/udp,8000-8010; none não sonda nada; padrão {ports}',
  'option-rate': 'sondas por segundo, no máximo; padrão {perSecond}',
  'option-save': 'escreve o arquivo aqui, onde ainda não há nenhum, em vez da saída padrão',
  'console-summary': 'um link para o console web, ou o console serial de uma VM',
  'console-about':
    'Sem VM: mostra um link que deixa quem o abrir entrar no console web, como administrador; vale uma vez, por dez minutos, e não exige conta.\n\nCom uma VM: conecta o terminal ao primeiro console serial de uma VM em execução, como um cabo faria, em qualquer host em que ela esteja. Toda tecla vai para a VM, Ctrl-C também; Ctrl-] sai. A VM precisa ter um console do tipo pty, e algo nele que responda (um getty, console=ttyS0 para o kernel). Uma pessoa por vez: --force o toma de outra. O histórico diz quem esteve ali.',
  'console-example': 'olhar e sair com Ctrl-]',
  'option-force-console': 'mesmo que outra pessoa o tenha aberto: ela o perde',
  'top-summary': 'mostra o que VMs e hosts usam agora, ao vivo',
  'top-about':
    'Uma tabela de hosts e VMs com processador, memória (usada / dada; de um host, usada / total), disco e rede, os mais ocupados primeiro, atualizada até Ctrl-C. A porcentagem de uma VM conta um processador como 100, a de um host todos eles juntos. Cada host se mede a cada 10 s; o que não responde é nomeado. Quanto uma VM usa da sua memória é dito pelo driver de balão, onde há um. Com -o, ou onde ninguém assiste, o que vale agora é impresso uma vez.',
  'top-example': 'até Ctrl-C',
  'top-example-some': 'as com a etiqueta mail, pelo que gravam e leem em disco',
  'option-sort': 'VMs por isto, as maiores primeiro; padrão cpu',
  'option-once': 'imprime a tabela uma vez',
  'exit-ok-console': '0    saída com Ctrl-], ou a VM desligou',
} as const
