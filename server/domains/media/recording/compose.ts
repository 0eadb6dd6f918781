import { codecsFor, constantQuality, effort, encoderFor } from '../conversions/codecs.ts'
import { containerOptions } from '../conversions/plans.ts'
import type { RecordingWishes } from './recording.ts'
import type { TimedScene } from './timeline.ts'

/** Takes a picture's packets into a whole file, whose length is known and in which nothing is damaged. */
export function wholePicture(): string[] {
  return ['-map', '0:v:0', '-c', 'copy']
}

/** Makes sound even: gaps become silence, and what the clocks drift apart is taken up. */
export function evenSound(): string[] {
  const even = 'aresample=48000:async=1:min_hard_comp=0.04:first_pts=0'
  return ['-map', '0:a:0', '-af', even, '-c:a', 'libopus', '-b:a', '96k']
}

/** ffmpeg's options behind the composed picture (input 0) and `sounds` even tracks of sound. */
export function filmOptions(
  wishes: RecordingWishes,
  encoders: ReadonlySet<string>,
  film: { sounds: number; duration: number },
): string[] {
  const wanted = codecsFor(wishes.format, { video: wishes.format === 'webm' ? 'vp8' : 'h264' })
  const video = encoderFor(wanted.video, encoders)
  const audio = encoderFor(codecsFor(wishes.format, {}).audio, encoders)
  const sound = ['-filter_complex', soundGraph(film.sounds), '-map', '[sound]', '-c:a', audio, '-b:a', '128k']
  const coded = ['-map', '0:v', '-c:v', video, ...effort(video, 'superfast'), ...constantQuality(video, 25)]
  const picture = [...coded, '-pix_fmt', 'yuv420p', '-t', film.duration.toFixed(3)]
  return [...(film.sounds === 0 ? ['-an'] : sound), ...picture, ...containerOptions(wishes.format)]
}

function soundGraph(sounds: number): string {
  const heard = Array.from({ length: sounds }, (_none, i) => `[${i + 1}:a]aresample=48000:async=1:first_pts=0[s${i}]`)
  const inputs = Array.from({ length: sounds }, (_none, i) => `[s${i}]`).join('')
  const mix = `${inputs}amix=inputs=${sounds}:duration=longest:normalize=0:dropout_transition=0,alimiter=limit=0.95,apad[sound]`
  return [...heard, mix].join(';')
}

/** The largest size each picture is shown in: no more of it has to be read. */
export function largestSizes(scenes: readonly TimedScene[]): Map<string, { width: number; height: number }> {
  const sizes = new Map<string, { width: number; height: number }>()
  for (const { input, width, height } of scenes.flatMap(({ scene }) => scene)) {
    if (input === null) continue
    const known = sizes.get(input)
    if (known === undefined || known.width * known.height < width * height) sizes.set(input, { width, height })
  }
  return sizes
}
