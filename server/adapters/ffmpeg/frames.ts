import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { FilmFrames, Picture } from '#domains/ai/ports.ts'
import type { Prober } from '#domains/media/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { inputArguments } from './arguments.ts'
import { failure, tooLarge } from './failures.ts'
import { keepEnd } from './run.ts'
import { commandOf } from './tools.ts'
import type { ToolFinder, Tools } from './tools.ts'

const QUIETLY = '-hide_banner -nostdin -y -loglevel error'.split(' ')
const ENCODED = '-c:a aac -c:v libx264 -preset medium -crf 18 -pix_fmt yuv420p -map_metadata -1'.split(' ')
/** Where a film does not say how many pictures a second it has. */
const USUAL_RATE = 25
const MOST_RATE = 120
/** Players take no more. */
const MOST_PIXELS_WIDE = 4096
/** A header's own size is not believed beyond this: 8K. */
const MOST_PICTURE_BYTES = 7680 * 4320 * 3

/** Films taken apart and put together by two runs of ffmpeg, one picture at a time in between. */
export function createFilmFrames(tools: ToolFinder, prober: Prober): FilmFrames {
  return {
    rework: async ({ input, output, mostBytes, duration, target, signal, change, onProgress }) => {
      const found = await tools.find()
      const video = (await prober.probe(input, 'video/mp4'))?.streams.find(({ kind }) => kind === 'video')
      const rate = Math.min(MOST_RATE, video?.frameRate ?? USUAL_RATE)
      const expected = duration === null ? null : Math.max(1, duration * rate)
      signal.throwIfAborted()
      const decode = ['-map', '0:v:0', '-vf', `fps=${rate}`, '-c:v', 'ppm', '-f', 'image2pipe', 'pipe:1']
      const decoder = run(found, [...inputArguments(input), ...decode])
      let encoder: Running | undefined
      const kill = (): void => {
        decoder.child.kill('SIGKILL')
        encoder?.child.kill('SIGKILL')
      }
      signal.addEventListener('abort', kill, { once: true })
      try {
        let done = 0
        for await (const picture of pictures(decoder.child.stdout as Readable)) {
          const changed = await change(picture)
          signal.throwIfAborted()
          encoder ??= run(found, encoding(changed, { rate, source: input, output, mostBytes, target }))
          await feed(encoder, changed.bytes, mostBytes)
          done++
          if (expected !== null) onProgress(Math.min(99, Math.floor((100 * done) / expected)))
        }
        await succeeded(decoder)
        if (encoder === undefined) throw new Fault('invalid', 'ai.no-picture', 'There is no moving picture in the file')
        encoder.child.stdin?.end()
        await succeeded(encoder)
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        signal.removeEventListener('abort', kill)
        kill()
      }
    },
  }
}

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>
}

function run(found: Tools, args: readonly string[]): Running {
  const { program, before } = commandOf(found, found.ffmpeg)
  const child = spawn(program, [...before, ...QUIETLY, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  // Whoever waits for it hears of it.
  ended.catch(() => {})
  child.stdin.on('error', () => {})
  return { child, said: keepEnd(child), ended }
}

async function succeeded({ ended, said }: Running): Promise<void> {
  const [code, signal] = await ended
  if (code !== 0) throw failure(code, signal, said())
}

/** Hands the encoder a picture, no faster than it takes them. */
async function feed(encoder: Running, bytes: Buffer, mostBytes: number): Promise<void> {
  const { stdin } = encoder.child
  if (stdin === null || stdin.destroyed) return await failedEarly(encoder, mostBytes)
  if (stdin.write(bytes)) return
  await Promise.race([once(stdin, 'drain'), failedEarly(encoder, mostBytes)])
}

/** An encoder that ends before it was told to has failed. */
async function failedEarly(encoder: Running, mostBytes: number): Promise<never> {
  const [code, signal] = await encoder.ended
  // With `-fs` it ends of itself when the result is large enough, and calls that success.
  throw code === 0 ? tooLarge(mostBytes) : failure(code, signal, encoder.said())
}

function encoding(
  { width, height }: Picture,
  work: {
    rate: number
    source: string
    output: string
    mostBytes: number
    target: { readonly width?: number; readonly height: number } | undefined
  },
): string[] {
  const { rate, source, output, mostBytes, target } = work
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(rate), '-i', 'pipe:0']
  const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2)
  const wide = target === undefined ? `'min(${MOST_PIXELS_WIDE},trunc(iw/2)*2)'` : target.width
  const size = `${typeof wide === 'number' ? even(wide) : (wide ?? -2)}:${target === undefined ? -2 : even(target.height)}`
  const options = ['-map', '0:v:0', '-map', '1:a:0?', '-vf', `scale=${size}:flags=lanczos,setsar=1`, ...ENCODED]
  const tail = ['-movflags', '+faststart', '-f', 'mp4', '-fs', String(mostBytes), `file:${output}`]
  return [...raw, ...inputArguments(source), ...options, ...tail]
}

/** Pictures out of a stream of PPM (P6), one after another. */
async function* pictures(stream: Readable): AsyncGenerator<Picture> {
  let rest = Buffer.alloc(0)
  let chunks: Buffer[] = []
  let have = 0
  let wanted = 1
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    have += chunk.length
    if (have < wanted) continue
    rest = Buffer.concat(chunks)
    for (;;) {
      const header = /^P6\s(\d+)\s(\d+)\s255\s/.exec(rest.toString('latin1', 0, 40))
      const [start = 0, width = 0, height = 0] =
        header === null ? [] : [header[0].length, Number(header[1]), Number(header[2])]
      const end = start + width * height * 3
      if (end > MOST_PICTURE_BYTES)
        throw new Fault('invalid', 'ai.no-picture', 'The pictures of the film are too large')
      wanted = header === null ? rest.length + 1 : end
      if (rest.length < wanted) break
      yield { width, height, bytes: rest.subarray(start, end) }
      rest = rest.subarray(end)
    }
    chunks = [rest]
    have = rest.length
  }
}
