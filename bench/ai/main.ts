import type { Benchmark } from '../measurement.ts'
import { measureModels } from './models.ts'

/** What models cost: their own work, the process around it, and what is left when they are gone. */
export const benchmark: Benchmark = {
  title: 'AI: models in processes of their own',
  run: () => measureModels(),
}
