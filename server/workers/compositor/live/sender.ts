import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LiveNumbers } from '#domains/media/ports.ts'
import { resolveOutbound } from '#kernel/outbound-address.ts'
import type { LiveOptions } from '../protocol.ts'
import { hlsDestination, rtmpDestination, startEncoder } from './encoder.ts'
import type { Encoder } from './encoder.ts'
import { openRelay } from './relay.ts'
import type { Relay } from './relay.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** A connection that held so long was a good one: the next pause is short again. */
const GOOD_MS = 30_000
/** After so long without any connection it is given up. */
const GIVE_UP_MS = 15 * 60_000
const RESOLVE_MS = 5_000
const LOOK_MS = 250

/** Keeps an encoder up and its destination connected, anew whenever one of them is gone. */
export class Sender {
  status: LiveNumbers['status'] = 'starting'
  error: string | null = null
  reconnects = 0
  private readonly options: LiveOptions
  private readonly onChange: () => void
  private encoder: Encoder | null = null
  private relay: Relay | null = null
  private isOver = false
  private wake = (): void => {}
  private sentBefore = 0
  private framesBefore = 0
  private readonly running: Promise<void>

  /** `onChange` when the status is another one. */
  constructor(options: LiveOptions, onChange: () => void) {
    this.options = options
    this.onChange = onChange
    this.running = this.keepUp()
  }

  /** Hands a picture and its sound on; false when nobody takes them. */
  push(picture: Uint8Array, sound: Buffer, free: () => void): boolean {
    return this.encoder?.push(picture, sound, free) ?? false
  }

  /** Pictures encoded since the beginning. */
  frames(): number {
    return this.framesBefore + (this.encoder?.encoded() ?? 0)
  }

  /** Bytes that left us since the beginning; of HLS, that were written. */
  async sent(): Promise<number> {
    if (this.options.output.type === 'hls') return await segmentBytes(this.options.output.folder)
    return this.sentBefore + (this.relay?.sent() ?? 0)
  }

  /** Lets what is under way arrive, and ends. */
  async end(): Promise<void> {
    this.isOver = true
    this.wake()
    await this.encoder?.finish()
    this.relay?.close()
    await this.running
  }

  private async keepUp(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    let lastGood = performance.now()
    while (!this.isOver) {
      const before = performance.now()
      const said = await this.once().catch((error: Error) => error.message)
      const now = performance.now()
      if (this.status === 'live') {
        lastGood = now
        if (now - before > GOOD_MS) pause = FIRST_PAUSE_MS
      }
      if (this.isOver) return
      this.error = said
      if (now - lastGood > GIVE_UP_MS) return this.change('failed')
      if (this.status === 'live') this.change('reconnecting')
      else this.onChange()
      await this.sleep(pause)
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
      if (this.status === 'reconnecting') this.reconnects++
    }
  }

  /** One connection from its beginning to its end; resolves with the reason of its end. */
  private async once(): Promise<string> {
    const encoder = await this.connect()
    const look = setInterval(() => {
      if (this.status !== 'live' && encoder.encoded() > 0) {
        this.error = null
        this.change('live')
      }
    }, LOOK_MS)
    const said = await encoder.ended
    clearInterval(look)
    const reason = this.relay?.reason() ?? lastLine(said)
    this.sentBefore += this.relay?.sent() ?? 0
    this.framesBefore += encoder.encoded()
    this.encoder = null
    this.relay?.close()
    this.relay = null
    return reason
  }

  private async connect(): Promise<Encoder> {
    const { output } = this.options
    if (output.type === 'hls') return (this.encoder = startEncoder(this.options, hlsDestination(output.folder)))
    const url = new URL(output.url)
    const isTls = url.protocol === 'rtmps:'
    const address = await resolveOutbound(url.hostname, output.allowPrivate, AbortSignal.timeout(RESOLVE_MS))
    const port = Number(url.port) || (isTls ? 443 : 1935)
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    this.relay = await openRelay({ address, port, host, isTls })
    return (this.encoder = startEncoder(this.options, rtmpDestination(url, this.relay.port)))
  }

  private change(status: LiveNumbers['status']): void {
    if (this.status === status) return
    this.status = status
    this.onChange()
  }

  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

const measured = new Map<string, { newest: number; gone: number; sizes: Map<string, number> }>()

/** All bytes of segments ever written to a folder, those that were deleted since included. */
async function segmentBytes(folder: string): Promise<number> {
  const known = measured.get(folder) ?? { newest: -1, gone: 0, sizes: new Map<string, number>() }
  measured.set(folder, known)
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.ts'))
  for (const [name, size] of known.sizes) {
    if (names.includes(name)) continue
    known.gone += size
    known.sizes.delete(name)
  }
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found !== undefined) known.sizes.set(name, found.size)
  }
  return known.gone + [...known.sizes.values()].reduce((sum, size) => sum + size, 0)
}

function lastLine(said: string): string {
  return (
    said
      .trim()
      .split(/\r?\n/)
      .at(-1)
      ?.replace(/^\[[^\]]*\]\s*/, '') || 'the encoder ended'
  )
}
