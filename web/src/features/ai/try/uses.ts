import type { Model } from '../api/queries.ts'
import type { IconName } from '@/ui/icons.tsx'

/** What can be tried. */
export const USES = ['denoise', 'recognise', 'emotion', 'synthetic', 'film'] as const
export type Use = (typeof USES)[number]

/** Their pictures. */
export const ICONS: Readonly<Record<Use, IconName>> = {
  denoise: 'audio-lines',
  recognise: 'captions',
  emotion: 'smile',
  synthetic: 'shield',
  film: 'film',
}

/** The kind of model a use cannot do without. */
export const NEEDS: Partial<Record<Use, Model['type']>> = {
  recognise: 'speech-recognition',
  emotion: 'emotion',
  synthetic: 'synthesis-detection',
}

const READY: ReadonlySet<Model['state']> = new Set(['installed', 'loading', 'loaded', 'unloading'])

/** The models of a kind that are installed. */
export function readyOf(models: readonly Model[], type: Model['type']): Model[] {
  return models.filter((model) => model.type === type && READY.has(model.state) && model.obstacle === null)
}

/** The use that an address names. */
export function namedUse(value: unknown): Use {
  return USES.find((use) => use === value) ?? 'denoise'
}
