import { readFile, writeFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { ImageToImage } from '#contracts/schemas/model-contract.ts'
import type { Begun } from '../protocol.ts'
import { checkDeclared, shapeText } from './declared.ts'
import type { Session } from './runtime.ts'

/** A picture of 8-bit RGB. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

const CHANNELS = 3

/**
 * A model that makes pictures of pictures, held against its file: tile by tile, of which the middles are kept.
 * @throws Error that says what in the file is not as declared
 */
export function openUpscaler(
  session: Session,
  { input, output }: ImageToImage,
): (picture: Begun<Picture>) => Promise<Picture> {
  const { name, tile, overlap, layout } = input
  const { scale } = output
  const shape = layout === 'nchw' ? [1, CHANNELS, tile, tile] : [1, tile, tile, CHANNELS]
  checkDeclared(session, { input: name, output: output.name, inputShape: shape })
  const step = tile - overlap
  const margin = overlap / 2
  const side = tile * scale

  return async ({ width, height, bytes, signal }) => {
    const large = new Uint8Array(width * height * CHANNELS * scale * scale)
    for (let top = 0; top < height; top += step) {
      // Between two rows of tiles there is a moment to hear that nobody waits for the picture.
      await setImmediate()
      signal.throwIfAborted()
      for (let left = 0; left < width; left += step) {
        const data = cut({ width, height, bytes }, { left: left - margin, top: top - margin }, input)
        const answer = session.run({ name, data, shape }, output.name)
        if (answer.data.length !== side * side * CHANNELS) {
          throw new Error(`it answered ${shapeText(answer.shape)} for ${shapeText(shape)} at scale ${scale}`)
        }
        paste(answer.data, { large, width, height, left, top }, { input, scale, step, margin })
      }
    }
    return { width: width * scale, height: height * scale, bytes: large }
  }
}

/** The same on files. */
export async function enlargeFile(
  enlarge: (picture: Begun<Picture>) => Promise<Picture>,
  work: Begun<{ input: string; output: string; width: number; height: number }>,
): Promise<{ width: number; height: number }> {
  const { input, output, width, height, signal } = work
  const bytes = await readFile(input)
  if (bytes.length !== width * height * CHANNELS) throw new Error(`the picture is not ${width}×${height}`)
  const large = await enlarge({ width, height, bytes, signal })
  await writeFile(output, large.bytes, { mode: 0o600 })
  return { width: large.width, height: large.height }
}

/** Where a colour lies in a tile of this many pixels. */
function placeIn({ layout, channels }: ImageToImage['input'], pixels: number, at: number, colour: number): number {
  const channel = channels === 'rgb' ? colour : 2 - colour
  return layout === 'nchw' ? channel * pixels + at : at * CHANNELS + channel
}

/** A tile; beyond the picture its edge goes on. */
function cut(picture: Picture, from: { left: number; top: number }, input: ImageToImage['input']): Float32Array {
  const { tile, range } = input
  const data = new Float32Array(tile * tile * CHANNELS)
  for (let y = 0; y < tile; y++) {
    const row = within(from.top + y, picture.height) * picture.width
    for (let x = 0; x < tile; x++) {
      const pixel = (row + within(from.left + x, picture.width)) * CHANNELS
      for (let colour = 0; colour < CHANNELS; colour++) {
        const value = picture.bytes[pixel + colour] ?? 0
        data[placeIn(input, tile * tile, y * tile + x, colour)] = range === 1 ? value / 255 : value
      }
    }
  }
  return data
}

interface Canvas {
  readonly large: Uint8Array
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
}

function paste(
  data: Float32Array,
  { large, width, height, left, top }: Canvas,
  { input, scale, step, margin }: { input: ImageToImage['input']; scale: number; step: number; margin: number },
): void {
  const side = input.tile * scale
  const most = input.range === 1 ? 255 : 1
  const rows = Math.min(step, height - top) * scale
  const columns = Math.min(step, width - left) * scale
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = (y + margin * scale) * side + x + margin * scale
      const pixel = ((top * scale + y) * width * scale + left * scale + x) * CHANNELS
      for (let colour = 0; colour < CHANNELS; colour++) {
        const value = data[placeIn(input, side * side, at, colour)] ?? 0
        // A typed array of bytes takes what is no number as 0.
        large[pixel + colour] = Math.max(0, Math.min(255, Math.round(value * most)))
      }
    }
  }
}

const within = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at))
