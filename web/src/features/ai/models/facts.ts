import type { TFunction } from 'i18next'
import { formatBytes } from '@/lib/time.ts'
import type { Model } from '../api/queries.ts'
import { listed } from '../components/listed.ts'

/** The kinds of models, in the order in which people want them. */
export const TYPES = [
  'speech-recognition',
  'denoising',
  'emotion',
  'synthesis-detection',
  'super-resolution',
  'voice-activity',
] as const satisfies readonly Model['type'][]

/** Of several of a kind, the one to begin with: it knows Chinese best for its size. */
const FIRST = ['sense-voice-small']

/** Whether it is here, and not merely known. */
export const isHere = ({ state }: Model): boolean =>
  state === 'installed' || state === 'loading' || state === 'loaded' || state === 'unloading'

/** Whether it came with the program or lives behind an address: there are no files to look after. */
export const isBuiltIn = (model: Model): boolean => isHere(model) && model.bytes === null

/** Whether it was begun with and broken off. */
export const isBroken = ({ state, progress }: Model): boolean =>
  progress !== null && (state === 'available' || state === 'error')

/** The model to begin with. */
export function suggested(models: readonly Model[], type: Model['type']): Model | undefined {
  const known = models.filter((model) => model.type === type && !isHere(model))
  return known.find((model) => FIRST.includes(model.model_id)) ?? known.find((model) => model.pullable) ?? known[0]
}

/** The languages it knows, in the reader's own. */
function languagesOf({ languages }: Model, t: TFunction<'ai'>, reader: string): string | undefined {
  if (languages.length === 0) return undefined
  const names = new Intl.DisplayNames(reader, { type: 'language', fallback: 'code' })
  return listed(
    languages.map((one) => (one === 'multilingual' ? t('models.multilingual') : (nameOf(names, one) ?? one))),
    reader,
  )
}

function nameOf(names: Intl.DisplayNames, code: string): string | undefined {
  try {
    return names.of(code)
  } catch {
    // No code of a language, but what a manifest of somebody's own says.
    return undefined
  }
}

/** What is to be known of it, in short pieces. */
export function factsOf(model: Model, t: TFunction<'ai'>, reader: string): string[] {
  return [
    model.bytes === null ? undefined : formatBytes(model.bytes, reader),
    model.licence || undefined,
    languagesOf(model, t, reader),
    model.engine === 'openai' ? t('models.behindAddress') : isBuiltIn(model) ? t('models.builtIn') : model.engine,
  ].filter((fact): fact is string => fact !== undefined && fact !== '')
}

/** How far a download is: `38 MB of 103 MB · 4 MB a second · 12 seconds left`. */
export function pullWords(progress: NonNullable<Model['progress']>, t: TFunction<'ai'>, reader: string): string {
  const { bytes, total, speed } = progress
  const here = formatBytes(bytes, reader)
  const pieces = [total === null ? here : t('models.of', { bytes: here, total: formatBytes(total, reader) })]
  if (speed > 0) {
    pieces.push(t('models.speed', { speed: formatBytes(speed, reader) }))
    if (total !== null) pieces.push(t('models.left', { time: lasting((total - bytes) / speed, reader) }))
  }
  return pieces.join(' · ')
}

/** A share of 0 to 100, null where it is not known. */
export const percentOf = ({ bytes, total }: NonNullable<Model['progress']>): number | null =>
  total === null || total === 0 ? null : Math.min(100, (bytes / total) * 100)

function lasting(seconds: number, reader: string): string {
  const [value, unit] =
    seconds < 90 ? [seconds, 'second'] : seconds < 5_400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour']
  const words = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const
  return new Intl.NumberFormat(reader, words).format(Math.max(1, Math.round(value)))
}
