import { accessHelp } from './access.ts'
import { clusterHelp } from './cluster.ts'
import { drillHelp } from './drill-help.ts'
import { hostHelp } from './host-help.ts'
import { planHelp } from './plan.ts'
import { reportHelp } from './report-help.ts'
import { severalHelp } from './several-help.ts'
import { taskHelp } from './tasks.ts'

/** A ajuda de cada comando. */
export const cliHelp = {
  ...accessHelp,
  ...hostHelp,
  ...clusterHelp,
  ...severalHelp,
  ...taskHelp,
  ...planHelp,
  ...reportHelp,
  ...drillHelp,
  'vigia-summary': 'mantém funcionando os servidores virtuais de uma pequena empresa',
  'vigia-about':
    'O Vigia inicia as VMs na ordem em que os serviços precisam uns dos outros, vigia os serviços, pausa o que depende de um serviço perdido, reinicia o que não volta e desliga na ordem inversa. O que deve existir está escrito em um arquivo do cluster; o vigiad faz com que seja assim e o mantém assim. Este comando fala com o vigiad pelo socket unix dele.\n\nAs VMs são chamadas pelo nome que têm no arquivo do cluster; @ETIQUETA vale por todas as VMs com essa etiqueta.',
  'launch-summary': 'inicia VMs, na ordem das dependências',
  'launch-about':
    'Inicia as VMs indicadas e tudo de que elas precisam; sem nomes, todas as VMs que o arquivo do cluster quer em execução. O que pode iniciar inicia de imediato; uma VM inicia assim que o último serviço de que precisa responde. O que já está em execução fica como está; por isso o comando pode ser repetido a qualquer momento.\n\nO comando espera até que todas as VMs estejam prontas e mostra o início enquanto acontece. Ctrl-C encerra a exibição, não o início.',
  'launch-example-all': 'tudo o que o arquivo do cluster quer em execução',
  'launch-example-some': 'uma VM, todas com a etiqueta mail e aquilo de que precisam',
  'launch-example-script': 'dizer apenas o que foi aceito, para um programa',
  'shutdown-summary': 'desliga VMs, primeiro as que precisam delas',
  'shutdown-about':
    'Desliga as VMs indicadas, ou todas. Uma VM é desligada quando as que precisam dela já estão paradas, em paralelo onde nada impede: primeiro por pedido (ACPI) e, passado o limite do arquivo do cluster, cortando a energia. Uma VM pausada é retomada antes.\n\nDesligar aquilo de que uma VM em execução precisa é recusado; --dependents desliga também essas VMs, --force prossegue sem elas.\n\nDesligar tudo pergunta antes, a não ser com --yes.',
  'shutdown-example-one': 'uma VM de que nenhuma outra precisa',
  'shutdown-example-dependents': 'uma VM e todas as que precisam dela',
  'shutdown-example-all': 'tudo, sem perguntar',
  'status-summary': 'mostra as VMs e como estão',
  'status-about':
    'Uma linha por VM: a fase, o endereço, a memória (usada de quanto tem), desde quando e por que está assim, se não estiver simplesmente em execução. Com nomes, apenas essas VMs.\n\nCom --check é uma sonda de monitoramento: uma linha e o código de saída 0 quando tudo está como desejado, 1 quando algo está a caminho ou sem vigia, 2 quando algo parou ou o vigiad não responde.',
  'status-example-all': 'uma tabela de todas as VMs',
  'status-example-watch': 'a mesma, atualizada até Ctrl-C',
  'status-example-check': 'para um sistema de monitoramento',
  'why-summary': 'diz por que uma VM está como está',
  'why-about':
    'Diz por que uma VM está como está, segue as dependências dela até as VMs que são a causa e mostra o que aconteceu com ela por último.',
  'why-example': 'o que a web espera, e por que isso falta',
  'check-summary': 'verifica um arquivo do cluster, sem tocar em nada',
  'check-about':
    'Lê um arquivo do cluster (vigia.yaml ou o formato do LauXen) com tudo o que ele inclui e aponta todos os problemas de uma vez, cada um com linha e coluna: nomes desconhecidos e repetidos, ciclos (escritos como um caminho), portas fora da faixa, mais memória do que existe. Não precisa do vigiad.',
  'check-example': 'todos os problemas do arquivo, ou quantas VMs ele tem',
  'apply-summary': 'põe um arquivo do cluster em vigor',
  'apply-about':
    'Verifica o arquivo, mostra as diferenças em relação ao que está em vigor e o que só vale quando uma VM iniciar de novo, e o entrega ao vigiad. Uma VM retirada do arquivo deixa de ser gerenciada; nunca é parada nem destruída. O que quebraria algo em execução é recusado, a não ser com --force.',
  'apply-example-dry': 'apenas mostrar o que mudaria',
  'apply-example': 'mudar',
  'watch-summary': 'deixa de vigiar uma VM, ou volta a vigiá-la',
  'watch-about':
    'Uma VM que não é vigiada é deixada em paz: nada é reiniciado, pausado nem retomado automaticamente, para que o trabalho nela não seja tomado por uma falha. O que se diz por comando continua sendo feito.',
  'watch-example-off': 'antes de trabalhar na web',
  'watch-example-on': 'depois',
  'memory-summary': 'mostra ou altera a memória de uma VM',
  'memory-about':
    'Mostra o que uma VM tem, usa e pode ter no máximo, ou lhe dá outra quantidade agora, pelo balão. A alteração vale até a próxima ou até --reset. O que a VM ou o host não pode dar é recusado.\n\nOnde o arquivo do cluster dá à VM uma quantidade mínima (min: dentro de memory:), a memória varia conforme a necessidade; uma quantidade fixada aqui vale até --reset.',
  'memory-example-show': 'o que ela tem e usa',
  'memory-example-set': 'mudar agora',
  'pause-summary': 'suspende uma VM à mão',
  'pause-about':
    'Suspende uma VM até que seja retomada à mão. As VMs em execução que precisam dela são pausadas com ela, como diz o arquivo do cluster.',
  'pause-example': 'suspendê-la, e o que precisa dela',
  'resume-summary': 'retoma uma VM que foi pausada à mão',
  'resume-about': 'Desfaz uma pausa à mão. A VM continua assim que aquilo de que precisa responder.',
  'resume-example': 'deixá-la continuar',
  'events-summary': 'mostra o que aconteceu',
  'events-about':
    'O histórico: cada mudança de uma VM, cada serviço que passou a responder ou deixou de responder, cada decisão com o seu motivo, cada comando.',
  'events-example-since': 'o que aconteceu à web na última hora',
  'events-example-follow': 'continuar à medida que acontece, até Ctrl-C',
  'doctor-summary': 'procura o que impede o trabalho do Vigia',
  'doctor-about':
    'Verifica o socket, o daemon, o hipervisor e cada VM do arquivo do cluster: uma verificação por linha, PASS, WARN ou FAIL, com o motivo e o que fazer.',
  'doctor-example': 'depois de uma instalação, ou quando algo está errado',
  'convert-summary': 'escreve um arquivo do cluster no outro formato',
  'convert-about':
    'Escreve na saída padrão um vigia.yaml a partir de um arquivo do LauXen, ou o contrário. Converter para o formato do LauXen perde o que ele não tem como expressar: a perda é listada, e recusada sem --lossy.',
  'convert-example': 'assumir um arquivo do LauXen',
  'simulate-summary': 'executa um cenário em um mundo simulado',
  'simulate-about':
    'Executa arquivos de cenário (e se: falta de energia, uma queda, um serviço que trava) com as mesmas decisões da produção, em hosts e tempo simulados, e diz se o que o arquivo espera se cumpriu.',
  'simulate-example': 'o que acontece quando falta energia',
  'run-summary': 'experimenta um arquivo do cluster: daemon e quadro em primeiro plano',
  'run-about':
    'Executa em primeiro plano o daemon para este arquivo, com estado próprio, e mostra o quadro. Ctrl-C o encerra; as VMs continuam.',
  'run-example': 'experimentar antes de instalar o serviço',
  'completion-summary': 'imprime o script de autocompletar de um shell',
  'completion-about': 'Imprime um script que completa comandos, opções e nomes de VMs, para bash, zsh ou fish.',
  'completion-example-bash': 'para todos os usuários do bash',
  'completion-example-fish': 'para um usuário do fish',
  'help-summary': 'explica um comando',
  'help-about': 'Explica um comando, ou lista todos. Com --man, imprime a página de manual.',
  'help-example-man': 'escrever a página de manual',
  'option-output': 'table (para pessoas), json, yaml ou csv (para programas; os campos têm schemaVersion)',
  'option-socket': 'onde o vigiad responde; também VIGIA_SOCKET; padrão {path}',
  'option-lang': 'en ou pt-BR; padrão: conforme LANG',
  'option-yes': 'responde sim a toda pergunta',
  'option-no-color': 'sem cores; também NO_COLOR',
  'option-help': 'explica o comando',
  'option-no-wait': 'volta quando o comando é aceito, e não quando está feito',
  'option-timeout': 'deixa de esperar depois deste tempo (30s, 10min), com código de saída 124; o trabalho continua',
  'option-dependents': 'desliga também as VMs em execução que precisam destas',
  'option-force-shutdown': 'mesmo que VMs em execução precisem destas',
  'option-until-boot':
    'todas as VMs, para o desligamento do host: o estado desejado delas fica, e elas iniciam com o host na próxima vez',
  'option-status-watch': 'mantém atualizado até Ctrl-C',
  'option-status-check': 'uma linha e um código de saída, para um sistema de monitoramento',
  'option-dry-run': 'apenas mostra o que mudaria',
  'option-force-apply': 'mesmo que quebre algo em execução',
  'option-reset': 'volta à quantidade do arquivo do cluster',
  'option-follow': 'continua à medida que acontece, até Ctrl-C',
  'option-events-guest': 'apenas esta VM',
  'option-since': 'a partir de então: um tempo atrás (90min, 2d) ou uma data (2026-03-01, 2026-03-01T12:00)',
  'option-limit': 'no máximo tantos, os mais novos; padrão {limit}',
  'option-to': 'vigia ou lauxen; padrão: o outro',
  'option-lossy': 'deixa de fora o que o formato do LauXen não tem como expressar',
  'option-seed': 'semente do sorteio; padrão 1',
  'option-json': 'o mesmo que -o json',
  'option-man': 'imprime a página de manual, em roff',
  'exit-ok': '0    tudo em ordem',
  'exit-ok-done': '0    feito',
  'exit-refused': '1    recusado, com o motivo',
  'exit-failed-some': '1    pelo menos uma VM falhou',
  'exit-check': '0, 1, 2    com --check: tudo como desejado, algo a caminho, algo parado',
  'exit-doctor': '1    pelo menos uma verificação falhou',
  'exit-simulate': '1    uma expectativa não se cumpriu, ou com --live uma VM não volta',
  'exit-usage': '64   a linha de comando está errada',
  'exit-bad-file': '65   o arquivo está errado ou não pode ser lido',
  'exit-unavailable': '69   o vigiad não responde (77: sem permissão para consultá-lo)',
  'exit-no-libvirt': '69   o libvirt não responde (77: sem permissão para consultá-lo)',
  'exit-several-hosts': '69   --live foi pedido de um cluster de um só host',
  'exit-no-such': '105  VM inexistente',
  'exit-needs-force': '107  precisa de --force (ou --dependents, --lossy)',
  'exit-timeout': '124  não concluído dentro de --timeout',
  'exit-interrupted': '130  a espera foi encerrada por Ctrl-C; o trabalho continua',
} as const
