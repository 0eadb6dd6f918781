import type { Frame } from '../picture/planes.ts'
import { openPictureDecoder, openSoundDecoder } from './decoder.ts'
import type { Decoder } from './decoder.ts'
import type { Program } from '../protocol.ts'
import { SOUND_DELAY_MS } from './mixer.ts'

/** What an input asks of whoever has the media engine. */
export interface Feeds {
  /** RTP to `port`, in a layer of about this height; resolves with its SDP, or null where there is none. */
  want(input: string, port: number, height: number): { readonly sdp: Promise<string | null>; end(): void }
  keyFrame(input: string): void
}

const KEY_FRAME_EVERY_MS = 1_000
const AGAIN_MS = 2_000
/** A picture shown smaller, or not at all, may soon be large again. */
const KEEP_SIZE_MS = 30_000
/** Enlarging this much (in pixels) is not seen; beyond, the picture is decoded anew in its right size. */
const ENOUGH = 0.7
const FAR_TOO_LARGE = 2.5
/** Sound is late by its mixing delay less what its decoding is faster. */
const PICTURE_DELAY_MS = SOUND_DELAY_MS - 40

interface Size {
  readonly width: number
  readonly height: number
}

interface Source {
  readonly size: Size
  readonly frames: { readonly frame: Frame; readonly at: number }[]
  close(): void
}

/** Somebody's picture: decoded in about the size it is shown in, while it is shown. */
export class PictureInput {
  private readonly id: string
  private readonly ffmpeg: Program
  private readonly feeds: Feeds
  private current: Source | null = null
  private next: Source | null = null
  private wished: Size | null = null
  /** When the present size was last needed. */
  private neededAt = performance.now()
  private again: NodeJS.Timeout | undefined
  private isClosed = false

  constructor(id: string, ffmpeg: Program, feeds: Feeds) {
    this.id = id
    this.ffmpeg = ffmpeg
    this.feeds = feeds
  }

  /** The size it is shown in; null: not shown. Called with every scene and once a second. */
  show(size: Size | null): void {
    this.wished = size
    this.adjust()
  }

  private adjust(): void {
    if (this.isClosed) return
    const now = performance.now()
    const known = this.next ?? this.current
    const { wished } = this
    if (wished === null) {
      if (known !== null && now - this.neededAt > KEEP_SIZE_MS) this.drop()
      return
    }
    if (known === null) {
      if (this.again === undefined) this.start(wished)
      this.neededAt = now
      return
    }
    const ratio = (known.size.width * known.size.height) / (wished.width * wished.height)
    if (ratio < ENOUGH) this.start(wished)
    else if (ratio > FAR_TOO_LARGE) {
      if (now - this.neededAt > KEEP_SIZE_MS) this.start(wished)
      return
    }
    this.neededAt = now
  }

  /** Decodes in another size beside the present one, which goes on until the first frame is there. */
  private start(size: Size): void {
    this.next?.close()
    const source: Source & { decoder?: Decoder } = { size, frames: [], close: () => {} }
    if (this.current === null) this.current = source
    else this.next = source
    let isClosed = false
    const ends: (() => void)[] = []
    ;(source as { close: () => void }).close = () => {
      isClosed = true
      for (const end of ends) end()
    }
    const asking = setInterval(() => this.feeds.keyFrame(this.id), KEY_FRAME_EVERY_MS)
    ends.push(() => clearInterval(asking))
    const onFrame = (frame: Frame): void => {
      clearInterval(asking)
      if (source === this.next) {
        this.current?.close()
        this.current = source
        this.next = null
      }
      source.frames.push({ frame, at: performance.now() })
      // Fewer than the decoder's ring, so that none is overwritten while it is kept.
      if (source.frames.length > 6) source.frames.shift()
    }
    const lost = (): void => {
      if (isClosed) return
      source.close()
      if (source === this.next) this.next = null
      else if (source === this.current) this.current = null
      this.tryAgain()
    }
    openPictureDecoder(this.ffmpeg, size, { frame: onFrame, end: lost })
      .then(async (decoder) => {
        ends.push(() => decoder.close())
        if (isClosed) return decoder.close()
        const feed = this.feeds.want(this.id, decoder.port, size.height)
        ends.push(() => feed.end())
        const sdp = await feed.sdp
        if (isClosed) return
        if (sdp === null) lost()
        else decoder.begin(sdp)
      })
      .catch(lost)
  }

  private tryAgain(): void {
    clearTimeout(this.again)
    this.again = setTimeout(() => {
      this.again = undefined
      this.adjust()
    }, AGAIN_MS)
  }

  /** The frame to be seen now; undefined before the first one. */
  frame(): Frame | undefined {
    const frames = this.current?.frames ?? []
    const due = performance.now() - PICTURE_DELAY_MS
    while (frames.length > 1 && (frames[1]?.at ?? Infinity) <= due) frames.shift()
    return frames[0]?.frame
  }

  private drop(): void {
    this.current?.close()
    this.next?.close()
    this.current = null
    this.next = null
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.again)
    this.drop()
  }
}

/** Somebody's sound. */
export class SoundInput {
  private readonly open: () => Promise<void>
  private end = (): void => {}
  private again: NodeJS.Timeout | undefined
  private isClosed = false

  constructor(id: string, ffmpeg: Program, feeds: Feeds, onSamples: (chunk: Buffer) => void) {
    this.open = async () => {
      const decoder = await openSoundDecoder(ffmpeg, { samples: onSamples, end: () => this.tryAgain() })
      if (this.isClosed) return decoder.close()
      const feed = feeds.want(id, decoder.port, 0)
      this.end = () => {
        decoder.close()
        feed.end()
      }
      const sdp = await feed.sdp
      if (this.isClosed) return
      if (sdp === null) this.tryAgain()
      else decoder.begin(sdp)
    }
    this.open().catch(() => this.tryAgain())
  }

  private tryAgain(): void {
    if (this.isClosed) return
    this.end()
    clearTimeout(this.again)
    this.again = setTimeout(() => void this.open().catch(() => this.tryAgain()), AGAIN_MS)
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.again)
    this.end()
  }
}
