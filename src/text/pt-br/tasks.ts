/** A ajuda dos comandos sobre tarefas. */
export const taskHelp = {
  'tasks-summary': 'mostra o que foi pedido e em que ponto está',
  'tasks-about':
    'O que se pede por comando e leva tempo é uma tarefa: inícios, desligamentos, migrações, manutenção, alterações de memória. Ela prossegue mesmo que ninguém espere por ela, é conhecida em todo host do cluster e sobrevive à troca do líder. As cinquenta mais novas são lembradas; são mostradas as que estão em andamento e as dez últimas que terminaram.',
  'tasks-example': 'as que estão em andamento e as últimas que terminaram',
  'tasks-example-watch': 'o mesmo, enquanto acontece, até Ctrl-C',
  'option-tasks-watch': 'manter atualizado até Ctrl-C',
  'option-tasks-all': 'todas as que são lembradas',
  'task-summary': 'mostra uma tarefa com as suas VMs, ou a cancela',
  'task-about':
    'show: cada VM da tarefa e por que ainda não chegou lá. cancel: o que não começou é desfeito, desejando de novo o que antes se desejava dessas VMs, e uma migração a quente em andamento é interrompida: a VM continua onde estava, a menos que já tenha chegado. O restante que está em andamento vai até o fim. Se nada resta a desfazer, o comando é recusado.',
  'task-example': 'desfazer o que dela não começou, e as suas migrações a quente',
  'exit-no-such-task': '105  tarefa inexistente',
} as const

/** O que dizem. */
export const taskWords = {
  'tasks-none': 'nenhuma tarefa',
  'tasks-column-id': 'TAREFA',
  'tasks-column-state': 'ESTADO',
  'tasks-column-done': 'FEITO',
  'tasks-column-command': 'COMANDO',
  'tasks-column-by': 'POR',
  'tasks-column-since': 'DESDE',
  'tasks-column-guests': 'VMS',
  'task-running': 'em andamento',
  'task-waiting': 'aguardando',
  'task-done': 'concluída',
  'task-failed': 'com falha',
  'task-cancelled': 'cancelada',
  'task-head': '{id}: {said}[? ({by})], {state}',
  'task-when': '{done} de {total}, desde {since}[?; levou {elapsed}][?; cancelada por {cancelledBy}]',
  'task-step': '  {guest}: {state}[?, {copied} de {size} copiados]',
  'task-news': '{id}: {said}, {state}, {done} de {total}',
  'task-taken-back': '{id} foi cancelada, até onde é possível',
} as const
