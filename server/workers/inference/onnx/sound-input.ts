import type { AudioToAudio } from '#contracts/schemas/model-contract.ts'

type SoundInput = AudioToAudio['input']

/** The shape in which a window of so many samples is given; -1 for any number. */
export function shapeOf({ layout }: SoundInput, samples: number): number[] {
  if (layout === 'samples') return [samples]
  return layout === 'batch_samples' ? [1, samples] : [1, 1, samples]
}

/** A window as the model wants it, and what brings its answer back: `value * gain + offset`. */
export interface Normalised {
  readonly data: Float32Array
  readonly gain: number
  readonly offset: number
}

/** Brings a window to what the model was taught with. */
export function normalise({ normalisation }: Pick<SoundInput, 'normalisation'>, window: Float32Array): Normalised {
  if (normalisation === 'none' || window.length === 0) return { data: window, gain: 1, offset: 0 }
  let offset = 0
  let gain = 1
  if (normalisation === 'peak') {
    const peak = window.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    // What is silent stays silent.
    if (peak > 0) gain = peak
  } else {
    offset = window.reduce((sum, value) => sum + value, 0) / window.length
    const variance = window.reduce((sum, value) => sum + (value - offset) ** 2, 0) / window.length
    gain = Math.sqrt(variance + 1e-7)
  }
  return { data: window.map((value) => (value - offset) / gain), gain, offset }
}
