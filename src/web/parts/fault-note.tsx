import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { RemoteFault } from '../../client/client.ts'
import type { Fault } from '../../model/fault.ts'
import { useWords } from '../state/language.tsx'

/** What went wrong, whether anything was done, and what to do: as the command line says it. */
export function FaultNote({ fault }: { readonly fault: Fault }) {
  const words = useWords()
  const { sentence, hint, known } = words.fault(fault.data)
  const reasons = fault instanceof RemoteFault ? fault.reasons : []
  return (
    <Alert variant="danger" isInline title={sentence} component="p">
      {reasons.length > 0 && (
        <ul className="v-plain-list">
          {reasons.map(({ guest, because }) => (
            <li key={guest}>
              <strong>{guest}</strong> {words.reason(because)}
            </li>
          ))}
        </ul>
      )}
      {fault.outcome === 'unknown' && <p>{known}</p>}
      <p>{hint}</p>
    </Alert>
  )
}
