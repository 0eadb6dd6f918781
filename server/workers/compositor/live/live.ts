import type { Scene } from '#domains/media/scene/scene.ts'
import { createLetters } from '../picture/lettering.ts'
import { bytesOf } from '../picture/planes.ts'
import { drawScene } from '../picture/stage.ts'
import { FRAME_RATE } from '../protocol.ts'
import type { FromWorker, LiveOptions, ToWorker } from '../protocol.ts'
import { SAMPLE_RATE } from './decoder.ts'
import { PictureInput, SoundInput } from './input.ts'
import type { Feeds } from './input.ts'
import { Mixer } from './mixer.ts'
import { Sender } from './sender.ts'

const FRAME_MS = 1000 / FRAME_RATE
const NUMBERS_EVERY_MS = 1_000
/** Numbers are means over this long. */
const WINDOW = 4
/** After a longer halt of the process nothing is made up for. */
const MOST_BEHIND = FRAME_RATE
const BUFFERS = 16

/** A live stream: inputs come and go, scenes change, and one picture and one sound go out at a steady rate. */
export class LiveStream {
  private readonly options: LiveOptions
  private readonly tell: (message: FromWorker) => void
  private readonly pictures = new Map<string, PictureInput>()
  private readonly sounds = new Map<string, SoundInput>()
  private readonly mixer = new Mixer()
  private readonly letters = createLetters()
  private readonly free: Uint8Array[]
  private readonly sender: Sender
  private readonly feeds: Feeds
  private readonly waiting = new Map<number, (sdp: string | null) => void>()
  private wishes = 0
  private scene: Scene = []
  private dropped = 0
  private readonly history: { at: number; bytes: number; frames: number }[] = []
  private ticker: NodeJS.Timeout | undefined
  private readonly reporter: NodeJS.Timeout
  private readonly beganAt = performance.now()
  private ticks = 0

  constructor(options: LiveOptions, tell: (message: FromWorker) => void) {
    this.options = options
    this.tell = tell
    const size = bytesOf(options.width, options.height)
    this.free = Array.from({ length: BUFFERS }, () => new Uint8Array(size))
    this.feeds = {
      want: (input, port, height) => {
        const wish = ++this.wishes
        const sdp = new Promise<string | null>((resolve) => this.waiting.set(wish, resolve))
        tell({ type: 'want', wish, input, port, height })
        return {
          sdp,
          end: () => {
            this.waiting.get(wish)?.(null)
            this.waiting.delete(wish)
            tell({ type: 'unwant', wish })
          },
        }
      },
      keyFrame: (input) => tell({ type: 'key-frame', input }),
    }
    this.sender = new Sender(options, () => void this.report())
    this.reporter = setInterval(() => {
      this.showAll()
      void this.report()
    }, NUMBERS_EVERY_MS)
    this.tick()
  }

  /** What the server says. */
  hear(message: ToWorker): void {
    if (message.type === 'input') this.add(message.id, message.kind)
    else if (message.type === 'input-ended') this.remove(message.id)
    else if (message.type === 'scene') {
      this.scene = message.scene
      this.showAll()
    } else if (message.type === 'feed') {
      this.waiting.get(message.wish)?.(message.sdp)
      this.waiting.delete(message.wish)
    }
  }

  private add(id: string, kind: 'audio' | 'video'): void {
    if (kind === 'video') {
      if (!this.pictures.has(id)) this.pictures.set(id, new PictureInput(id, this.options.ffmpeg, this.feeds))
    } else if (!this.sounds.has(id)) {
      const push = (chunk: Buffer): void => this.mixer.push(id, chunk)
      this.sounds.set(id, new SoundInput(id, this.options.ffmpeg, this.feeds, push))
    }
  }

  private remove(id: string): void {
    this.pictures.get(id)?.close()
    this.pictures.delete(id)
    this.sounds.get(id)?.close()
    this.sounds.delete(id)
    this.mixer.forget(id)
  }

  private showAll(): void {
    for (const [id, input] of this.pictures) {
      const tiles = this.scene.filter((tile) => tile.input === id)
      const largest = tiles.toSorted((a, b) => b.width * b.height - a.width * a.height)[0]
      input.show(largest === undefined ? null : { width: largest.width, height: largest.height })
    }
  }

  /** Makes the frames that are due by the clock: neither the picture nor the sound ever runs away from it. */
  private tick(): void {
    const due = Math.floor((performance.now() - this.beganAt) / FRAME_MS)
    if (due - this.ticks > MOST_BEHIND) {
      this.dropped += due - this.ticks - 1
      this.ticks = due - 1
    }
    while (this.ticks < due) {
      this.ticks++
      this.makeFrame()
    }
    const next = this.beganAt + (this.ticks + 1) * FRAME_MS
    this.ticker = setTimeout(() => this.tick(), Math.max(0, next - performance.now()))
  }

  private makeFrame(): void {
    const sound = this.mixer.take(SAMPLE_RATE / FRAME_RATE)
    const data = this.free.pop()
    if (data === undefined) {
      this.dropped++
      return
    }
    const { width, height } = this.options
    drawScene({ data, width, height }, this.scene, (id) => this.pictures.get(id)?.frame(), this.letters)
    const isTaken = this.sender.push(data, sound, () => this.free.push(data))
    if (isTaken) return
    this.free.push(data)
    this.dropped++
  }

  private async report(): Promise<void> {
    const now = { at: performance.now(), bytes: await this.sender.sent(), frames: this.sender.frames() }
    this.history.push(now)
    if (this.history.length > WINDOW + 1) this.history.shift()
    const first = this.history[0] ?? now
    const seconds = (now.at - first.at) / 1000
    const perSecond = (value: number): number => (seconds > 0.2 ? Math.max(0, value) / seconds : 0)
    const { status, error, reconnects } = this.sender
    this.tell({
      type: 'numbers',
      numbers: {
        status,
        error,
        reconnects,
        bitrate: Math.round(perSecond((now.bytes - first.bytes) * 8)),
        frameRate: Math.round(perSecond(now.frames - first.frames) * 10) / 10,
        droppedFrames: this.dropped,
      },
    })
  }

  /** Ends everything; what was sent arrives. */
  async end(): Promise<void> {
    clearTimeout(this.ticker)
    clearInterval(this.reporter)
    for (const id of [...this.pictures.keys(), ...this.sounds.keys()]) this.remove(id)
    await this.sender.end()
  }
}
