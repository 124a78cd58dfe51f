import { LocalObservations } from '../../../src/drivers/local/observations.ts'
import { observationsConformance } from '../../conformance/observations.ts'

observationsConformance('local', () => ({
  observations: new LocalObservations(),
  settle: () => new Promise((resolve) => setImmediate(resolve)),
}))
