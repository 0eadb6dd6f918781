import type { Benchmark } from '../measurement.ts'
import { measureModels } from './models.ts'
import { measureNodes } from './nodes.ts'

/** What models cost: their own work, the process around it, and what is left when they are gone; what other machines are worth. */
export const benchmark: Benchmark = {
  title: 'AI: models in processes of their own, and on nodes',
  run: async () => [...(await measureModels()), ...(await measureNodes())],
}
