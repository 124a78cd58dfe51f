import { proberConformance } from '../../conformance/prober.ts'
import { Cleanup, passed, refusingPort, silentPort, targetOf, tcpServer, testProber } from './support.ts'

proberConformance('sockets on loopback', async () => {
  const cleanup = new Cleanup()
  const prober = testProber()
  const held = new Map<number | null, () => Promise<void>>()
  return {
    prober,
    async target(state) {
      if (state === 'accepting') return targetOf(await tcpServer(cleanup, () => undefined))
      if (state === 'silent') return targetOf(await silentPort(cleanup))
      const { port, release } = await refusingPort(cleanup)
      held.set(port, release)
      return targetOf(port)
    },
    async open(target) {
      await held.get(target.port)?.()
      await tcpServer(cleanup, () => undefined, target.port ?? 0)
    },
    pass: passed,
    settle: (outcome) => outcome,
    async close() {
      await prober.close()
      await cleanup.run()
    },
  }
})
