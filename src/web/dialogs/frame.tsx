import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { type ReactNode, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { faultOf } from '../api/ask.ts'
import { Command } from '../parts/command.tsx'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords } from '../state/language.tsx'

/** A question with its consequences, the command that does the same, and two ways out. What is refused is said in it, and it stays. */
export function Frame(props: {
  readonly title: string
  readonly action: string
  readonly command: string
  readonly isDangerous?: boolean
  readonly isReady?: boolean
  readonly onAct: () => Promise<void>
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const { t } = useWords()
  const { title, action, command, isDangerous = false, isReady = true, onAct, onClose, children } = props
  const [fault, setFault] = useState<Fault | null>(null)
  const [isBusy, setBusy] = useState(false)
  const act = async (): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      await onAct()
      onClose()
    } catch (error) {
      setFault(faultOf(error))
      setBusy(false)
    }
  }
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="dialog-title" aria-describedby="dialog-body">
      <ModalHeader title={title} labelId="dialog-title" titleIconVariant={isDangerous ? 'warning' : undefined} />
      {/* A long one scrolls, also for those without a mouse. */}
      <ModalBody id="dialog-body" tabIndex={0} role="region" aria-label={title}>
        {children}
        {fault !== null && <FaultNote fault={fault} />}
        <p className="v-dialog-command">
          {t('in-terminal')} <Command text={command} />
        </p>
      </ModalBody>
      <ModalFooter>
        <Button
          variant={isDangerous ? 'danger' : 'primary'}
          isDisabled={!isReady}
          isAriaDisabled={isBusy}
          isLoading={isBusy}
          onClick={() => void act()}
        >
          {action}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t('not-now')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}
