import { join } from 'node:path'

/** What is to be bettered. */
export interface Enhancement {
  readonly type: 'super_resolution' | 'denoising' | 'stabilization' | 'color_correction'
  /** Height, or width and height; even numbers are made of them. */
  readonly target?: { readonly width?: number; readonly height: number } | undefined
}

/** One run of ffmpeg over the source. */
export interface Pass {
  readonly options: readonly string[]
  /** Whether this run's output is the film. */
  readonly isLast: boolean
}

const SOUND_AND_CODEC = '-map 0:v:0 -map 0:a:0? -c:a aac -c:v libx264 -preset medium -crf 18 -pix_fmt yuv420p'.split(
  ' ',
)
const TAIL = ['-movflags', '+faststart', '-f', 'mp4']
const MOST_PIXELS_WIDE = 4096

/** The name by which scaling without a model is asked for. */
export const LANCZOS = 'lanczos'

/** The field's own name of what is done, so that nobody takes scaling for more than it is. */
export function methodOf({ type }: Enhancement): string {
  return {
    super_resolution: 'lanczos scaling with sharpening',
    denoising: 'nlmeans',
    stabilization: 'vidstab, two passes',
    color_correction: 'normalize',
  }[type]
}

/** The runs of ffmpeg that do it; a first pass writes what it saw into `folder`. */
export function passesOf(wanted: Enhancement, folder: string): Pass[] {
  const seen = escaped(join(folder, 'transforms.trf'))
  const filters = [...filterOf(wanted, seen), ...scaleOf(wanted)]
  const last: Pass = { options: [...SOUND_AND_CODEC, '-vf', filters.join(','), ...TAIL], isLast: true }
  if (wanted.type !== 'stabilization') return [last]
  const look = ['-map', '0:v:0', '-vf', `vidstabdetect=shakiness=6:result=${seen}`, '-f', 'framecrc']
  return [{ options: look, isLast: false }, last]
}

function filterOf({ type }: Enhancement, seen: string): string[] {
  switch (type) {
    case 'denoising':
      return ['nlmeans=s=3:p=7:r=9']
    case 'stabilization':
      return [`vidstabtransform=input=${seen}:smoothing=15`, 'unsharp=5:5:0.4:3:3:0.2']
    case 'color_correction':
      // Over half a second, so that no flash makes the picture pump.
      return ['normalize=smoothing=15:independence=0.5:strength=0.8']
    case 'super_resolution':
      return []
  }
}

function scaleOf({ type, target }: Enhancement): string[] {
  const sharpen = type === 'super_resolution' ? ['unsharp=5:5:0.6:5:5:0'] : []
  if (target !== undefined) {
    const width = target.width === undefined ? -2 : even(target.width)
    return [`scale=${width}:${even(target.height)}:flags=lanczos`, 'setsar=1', ...sharpen]
  }
  // Twice as large, within what players take.
  const size = `scale='min(${MOST_PIXELS_WIDE},trunc(iw)*2)':-2:flags=lanczos`
  return type === 'super_resolution' ? [size, 'setsar=1', ...sharpen] : ["scale='trunc(iw/2)*2':'trunc(ih/2)*2'"]
}

const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2)

/** A path as the value of a filter's option: escaped for the option, and once more for the graph. */
const escaped = (path: string): string =>
  path.replaceAll(/[\\':]/g, String.raw`\$&`).replaceAll(/[\\'[\],;]/g, String.raw`\$&`)
