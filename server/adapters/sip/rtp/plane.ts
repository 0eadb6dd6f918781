import { setImmediate as nextTurn } from 'node:timers/promises'
import { openPortPair } from './port-pair.ts'
import type { MediaEvent, MediaOptions, MediaRequest } from './protocol.ts'
import { RtpStream } from './stream.ts'

/** Streams are sent on a common grid of this width, so that many of them share a timer. */
const GRID_MS = 5

/** All streams of one thread, and the one timer that paces them. */
export class MediaPlane {
  private readonly options: MediaOptions
  private readonly tell: (event: MediaEvent) => void
  private readonly streams = new Map<number, RtpStream>()
  private timer: NodeJS.Timeout | undefined
  /** The last of the openings under way. */
  private opening: Promise<void> = Promise.resolve()

  constructor(options: MediaOptions, tell: (event: MediaEvent) => void) {
    this.options = options
    this.tell = tell
  }

  async take(request: MediaRequest): Promise<void> {
    if (request.type === 'open') return this.queueOpening(request.id)
    const stream = this.streams.get(request.id)
    if (stream === undefined) return
    switch (request.type) {
      case 'connect':
        return stream.connect(request.target)
      case 'play':
        stream.play(request, onGrid(performance.now()))
        return this.schedule()
      case 'hold':
        stream.hold(request.isHeld, onGrid(performance.now()))
        return this.schedule()
      case 'close':
        this.streams.delete(request.id)
        return this.tell({ type: 'closed', id: request.id, stats: await stream.close() })
    }
  }

  /** Closes every stream. */
  async close(): Promise<void> {
    clearTimeout(this.timer)
    const all = [...this.streams.values()]
    this.streams.clear()
    await Promise.all(all.map((stream) => stream.close()))
  }

  /** Opening sockets takes a while: one pair in a turn of the loop, so that packets of other calls go out between them. */
  private queueOpening(id: number): Promise<void> {
    this.opening = this.opening.then(() => nextTurn()).then(() => this.open(id))
    return this.opening
  }

  private async open(id: number): Promise<void> {
    try {
      const ports = await openPortPair(this.options)
      const stream = new RtpStream(ports, {
        onKey: (key) => this.tell({ type: 'key', id, key }),
        onPlayed: () => this.tell({ type: 'played', id }),
      })
      this.streams.set(id, stream)
      this.tell({ type: 'opened', id, port: stream.port })
    } catch (error) {
      this.tell({ type: 'refused', id, why: (error as Error).message })
    }
  }

  /** Wakes when the next packet is due; sleeps while nothing is sent. */
  private schedule(): void {
    clearTimeout(this.timer)
    let next = Infinity
    for (const { due } of this.streams.values()) if (due !== undefined && due < next) next = due
    if (next === Infinity) return
    this.timer = setTimeout(() => this.tick(), Math.max(0, next - performance.now()))
  }

  private tick(): void {
    const now = performance.now()
    for (const stream of this.streams.values()) stream.tick(now)
    this.schedule()
  }
}

function onGrid(now: number): number {
  return Math.ceil(now / GRID_MS) * GRID_MS
}
