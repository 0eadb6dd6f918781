import type { Benchmark } from '../measurement.ts'
import { measureSipCalls } from './sip-calls.ts'
import { measureSockets } from './sockets.ts'

/** Phone calls: many at once over SIP, and many sockets that ask for them. */
export const benchmark: Benchmark = {
  title: 'calls: 100 calls at once over SIP; 1,000 sockets',
  run: async () => [...(await measureSipCalls()), ...(await measureSockets())],
}
