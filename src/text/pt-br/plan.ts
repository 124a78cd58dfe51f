/** A ajuda de `vigia plan`. */
export const planHelp = {
  'plan-summary': 'calcula o que os hosts custam, e quais são necessários',
  'plan-about':
    'Lê um arquivo e responde o que ele pergunta. Um arquivo com perServer: ou proposals: pergunta por custos: o que servidores ou hosts custam com licenças, rack, nobreak, portas, energia, refrigeração e trabalho, o que se economiza, quando se paga, e que dado pesa mais. O dinheiro é calculado com exatidão, em qualquer moeda.\n\nSomas que o próprio arquivo traz não são usadas: são comparadas, e uma diferença é dita (código de saída 1). Não precisa do vigiad.',
  'plan-example-cost': 'o que custam dez servidores, o que custa um host, e o que se economiza',
  'plan-example-json': 'o mesmo para um programa; valores mantêm todas as casas da moeda',
  'exit-plan': '1    uma soma que o arquivo traz não é a que seus dados dão',
} as const

/** O que `vigia plan` diz. */
export const planWords = {
  'plan-comparison':
    '{file}: {servers} {servers|servidor físico|servidores físicos} em comparação com {hosts} {hosts|host|hosts}',
  'plan-column-cost': 'CUSTO',
  'plan-column-physical': 'FÍSICO',
  'plan-column-virtual': 'VIRTUALIZADO',
  'plan-column-sum': 'SOMA',
  'plan-column-value': 'VALOR',
  'plan-total': 'soma',
  'plan-saving': 'Economia: {saving}[? ({share})]',
  'plan-sum-differs': '{file}: {path} consta como {stated}; seus próprios dados dão {derived}',
  'plan-proposals': '{file}: em {count} {count|ano|anos}, em comparação com {baseline}',
  'plan-row-machines': 'máquinas',
  'plan-row-start': 'pago no início',
  'plan-row-total': 'soma em {count} {count|ano|anos}',
  'plan-row-present': 'em dinheiro do início',
  'plan-row-saving': 'economia',
  'plan-row-npv': 'economia, em dinheiro do início',
  'plan-row-roi': 'retorno sobre o que se paga no início',
  'plan-row-payback': 'se paga',
  'plan-item-energy': 'energia e refrigeração',
  'plan-item-work': 'trabalho',
  'plan-item-lanPorts': 'portas de rede',
  'plan-item-sanPorts': 'portas de armazenamento',
  'plan-item-backupLicences': 'licenças de backup',
  'plan-payback-never': 'nunca dentro dos anos',
  'plan-payback-at-once': 'de imediato',
  'plan-payback-years': 'após {years} {years|ano|anos}',
  'plan-sensitivity':
    '{proposal}: a economia em dinheiro do início, com um dado {share} menor e {share} maior; o que mais pesa primeiro',
  'plan-column-input': 'DADO',
  'plan-column-less': 'MENOR',
  'plan-column-more': 'MAIOR',
  'plan-column-swing': 'ENTRE OS DOIS',
} as const
