import { proberConformance } from '../../conformance/prober.ts'
import { Cleanup, freePort, passed, silentPort, targetOf, tcpServer, testProber } from './support.ts'

proberConformance('sockets on loopback', async () => {
  const cleanup = new Cleanup()
  const prober = testProber()
  return {
    prober,
    async target(state) {
      if (state === 'accepting') return targetOf(await tcpServer(cleanup, () => undefined))
      return targetOf(state === 'refusing' ? await freePort() : await silentPort(cleanup))
    },
    async open(target) {
      await tcpServer(cleanup, () => undefined, target.port ?? 0)
    },
    pass: passed,
    async close() {
      await prober.close()
      await cleanup.run()
    },
  }
})
