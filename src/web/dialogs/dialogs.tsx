import { closeDialog, type Dialog, dialog } from '../actions/dialogs.ts'
import { useStore } from '../state/store.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { MaintenanceDialog } from './maintenance-dialog.tsx'
import { MemoryDialog } from './memory-dialog.tsx'
import { MigrateDialog } from './migrate-dialog.tsx'
import { ShutdownDialog } from './shutdown-dialog.tsx'

/** What is asked about just now, over the page. */
export function Dialogs() {
  const asked = useStore(dialog, (value) => value)
  return asked === null ? null : <Asked asked={asked} />
}

function Asked({ asked }: { readonly asked: Dialog }) {
  switch (asked.kind) {
    case 'shutdown':
      return <ShutdownDialog guests={asked.guests} onClose={closeDialog} />
    case 'migrate':
      return <MigrateDialog guests={asked.guests} onClose={closeDialog} />
    case 'memory':
      return <MemoryDialog guests={asked.guests} onClose={closeDialog} />
    case 'maintenance':
      return <MaintenanceDialog host={asked.host} onClose={closeDialog} />
    case 'rebalance':
      return <MigrateDialog guests={null} onClose={closeDialog} />
    default:
      return <ConfirmDialog asked={asked} onClose={closeDialog} />
  }
}
