/** A ajuda dos comandos para vários hosts, e dos que repetem e supõem decisões. */
export const severalHelp = {
  'migrate-summary': 'move VMs para outro host',
  'migrate-about':
    'Move VMs em execução para outro host sem pará-las, ou com --cold parando-as aqui e iniciando-as lá. Sem HOST, cada uma vai para o melhor lugar que há. Uma VM de um grupo estrito leva o grupo junto. O que uma regra, a memória do host ou o estado dele proíbe é recusado, com o motivo, e nada é movido.\n\nO comando espera até que as VMs estejam lá. Uma migração que falha não é tentada de novo: a VM continua onde estava.',
  'migrate-example': 'web para node2, em execução',
  'migrate-example-best': 'ambas para onde for melhor',
  'maintenance-summary': 'esvazia um host para manutenção, e depois o põe de volta em uso',
  'maintenance-about':
    'on: toda VM do host vai para outro, a quente onde for possível, e nenhuma chega até o off; reinicializações não alteram isso. off: o host volta a receber VMs, e as que saíram voltam.\n\n--dry-run mostra quem iria para onde, e quem não pode e por quê. Onde uma VM não tem para onde ir, o comando é recusado, a não ser com --force: então essa VM fica, e vai assim que algo puder recebê-la.',
  'maintenance-example-dry': 'quem iria para onde',
  'maintenance-example-on': 'antes do trabalho em node1',
  'maintenance-example-off': 'depois dele',
  'rebalance-summary': 'redistribui as VMs entre os hosts, com o mínimo de migrações',
  'rebalance-about':
    'Move VMs dos hosts mais cheios para os mais vazios, pelo número de VMs, até onde as regras e a memória dos hosts deixam, com o mínimo de migrações. Nada se move sozinho apenas para igualar os hosts: só quando este comando pede.',
  'rebalance-example': 'o que ele moveria',
  'swear-dead-summary': 'jura que um host está morto, para que suas VMs iniciem em outro',
  'swear-dead-about':
    'As VMs de um host sem sinal só iniciam em outro quando ele está comprovadamente morto: pelo dispositivo de isolamento, pelo watchdog, ou pelo seu juramento. Olhe antes: a energia está desligada, ou o cabo está fora. Se ele ainda funciona, duas máquinas gravarão nos mesmos discos.\n\nPede-se que o nome do host seja digitado de novo; --yes-it-is-dead HOST faz isso em um script. É recusado enquanto o host mostra que vive, deixa de valer quando ele se mostra de novo, e fica no histórico com o seu nome.',
  'swear-dead-example': 'depois de tirar o cabo de node3',
  'arm-summary': 'deixa isolar hosts, e tirar VMs dos mortos',
  'arm-about':
    'Um cluster está armado, salvo se alguém o desarmou. É recusado onde nada comprovaria a morte de algum host, nem dispositivo de isolamento nem um watchdog rápido o bastante (os números são mostrados), e onde o libvirt iniciaria por conta própria VMs vigiadas. Com --force ele é armado mesmo assim: pela morte de um host assim alguém precisa jurar.',
  'arm-example': 'depois do trabalho na rede',
  'disarm-summary': 'não tira nada de nenhum host, o que quer que deixe de dar sinal',
  'disarm-about':
    'Antes de um trabalho que faz hosts parecerem mortos: na rede, nos switches. Nada é isolado e nenhuma VM é tirada de um host sem sinal até que o cluster seja armado de novo; VMs que falham em hosts presentes continuam a ser reiniciadas. Com --for ele se arma de novo sozinho: cada daemon conta desde que viu este pedido, e um que inicia depois conta do começo.',
  'disarm-example': 'trabalho no switch, de no máximo duas horas',
  'fence-summary': 'corta a energia de um host, zera a contagem, ou testa os dispositivos de isolamento',
  'fence-about':
    'fence HOST corta a energia de um host pelos seus dispositivos de isolamento embora ele dê sinal, uma vez, e conta como qualquer isolamento: no máximo metade dos membros até que todos voltem. As VMs dele iniciam em outro assim que a energia for lida como desligada. Pergunta antes, salvo com --yes.\n\nfence reset faz a contagem começar de novo.\n\nfence test HOST comprova cada dispositivo de isolamento dele: o programa aceita os parâmetros, e a energia pode ser lida. Com --take-power, que pergunta antes, a energia é mesmo cortada e devolvida; esvazie o host antes (vigia maintenance HOST on).',
  'fence-example': 'um host travado que ainda dá sinal',
  'fence-example-reset': 'depois de examinar os hosts perdidos',
  'fence-example-test': 'se o dispositivo de isolamento de node2 merece confiança',
  'clear-summary': 'esquece as falhas de uma VM',
  'clear-about':
    'As falhas de uma VM abandonada são esquecidas, e ela volta a ser como o arquivo do cluster deseja. Ao contrário de launch, nada mais é pedido: uma VM que o arquivo mantém parada fica parada, e nada de que ela precisa é iniciado.',
  'clear-example': 'depois de reparar a causa',
  'unmanage-summary': 'deixa uma VM inteiramente em paz',
  'unmanage-about':
    'Nada mais é feito com a VM, nem por comando, até que ela seja iniciada de novo: o modo de iniciá-la, desligá-la ou movê-la à mão. Ela fica como está. Com "watch off", ao contrário, os comandos ainda valem.',
  'unmanage-example': 'antes de movê-la à mão',
  'snapshot-summary': 'escreve tudo o que o líder sabe',
  'snapshot-about':
    'Escreve em JSON o estado em que as decisões se baseiam, na saída padrão: arquivo do cluster, estados desejados, registros, observações, membros. "vigia decide" decide de novo a partir dele, em qualquer lugar. Dados de cloud-init e XML de domínios ficam de fora.',
  'snapshot-example': 'guardar o que se sabia quando algo deu errado',
  'decide-summary': 'decide de novo a partir de um retrato, sem daemon',
  'decide-about':
    'Toma a decisão de uma rodada a partir de um retrato ("vigia snapshot"), com o código desta versão, e diz qual seria e por quê. Não toca em nada.',
  'decide-example': 'o que seria feito, e por quê',
  'option-to-host': 'o host, onde ele vem sozinho',
  'option-cold': 'parada aqui, iniciada lá',
  'option-dry-run-moves': 'apenas mostra quem iria para onde',
  'option-force-maintenance': 'mesmo que algumas VMs não tenham para onde ir: elas ficam',
  'option-yes-it-is-dead': 'o nome do host, em vez de digitá-lo quando perguntado',
  'option-for': 'somente por este tempo (2h)',
  'option-force-arm': 'mesmo que a morte de alguns hosts não possa ser comprovada',
  'option-take-power': 'com test: corta mesmo a energia, e a devolve',
  'option-status-hosts': 'apenas os hosts',
  'option-survive':
    'perde um a um cada conjunto de tantos hosts, e diz quem esperaria; código de saída 1 onde alguém esperaria',
  'option-force-launch': 'mesmo que o cluster então não possa perder tantos hosts quantos o arquivo pede',
  'option-live': 'o que acontece com o cluster como está agora, em vez de um arquivo: com --lose',
  'option-lose': 'com --live: os hosts que se perdem de uma vez',
  'option-snapshot': 'com --live: deste arquivo de "vigia snapshot" em vez de perguntar ao vigiad',
  'simulate-example-live': 'quem vai para onde se node3 morrer agora',
  'check-example-survive': 'se qualquer host pode morrer',
  'exit-refused-moves': '1    recusado, com o motivo, ou uma migração falhou',
  'exit-no-such-host': '105  VM ou host inexistente',
  'exit-survive': '1    com --survive: alguma perda deixaria VMs em espera',
} as const
