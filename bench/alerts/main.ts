import type { Benchmark } from '../measurement.ts'
import { crawling } from './crawling.ts'
import { matching } from './matching.ts'
import { sending } from './sending.ts'

/** Board alerts: matching, polling, sending. */
export const benchmark: Benchmark = {
  title: 'Board alerts: matching, polling, sending',
  run: async () => [...matching(), ...(await sending()), ...(await crawling())],
}
