import { FakeMetrics } from '../../../src/sim/fakes/fake-metrics.ts'
import { metricsConformance } from '../../conformance/metrics.ts'

metricsConformance('fake metrics', async () => {
  const metrics = new FakeMetrics()
  return { metrics, close: () => metrics.close() }
})
