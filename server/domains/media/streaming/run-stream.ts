import type { Broadcast, Broadcasts, LiveNumbers, LiveOutput } from '../ports.ts'
import type { Layout } from '../scene/scene.ts'
import { directBroadcast, feedTrack } from './director.ts'
import type { Director, DirectorParts } from './director.ts'

const AGAIN_MS = 1_000
/** A composing process that dies so often in a row has a reason. */
const MOST_DEATHS = 5
const GOOD_MS = 60_000

/** A stream being composed and sent. */
export interface RunningStream {
  end(): Promise<void>
}

interface What {
  readonly meetingId: number
  readonly canvas: { readonly width: number; readonly height: number }
  readonly layout: Layout
  readonly videoBitrate: number
  readonly output: LiveOutput
}

/** Streams a meeting until it is ended; a composing process that dies is replaced. @throws the faults of `Broadcasts.open` */
export async function runStream(
  parts: DirectorParts & { broadcasts: Broadcasts },
  what: What,
  onNumbers: (numbers: LiveNumbers) => void,
): Promise<RunningStream> {
  const { broadcasts, engine, log } = parts
  const { meetingId, canvas } = what
  let broadcast: Broadcast | undefined
  let director: Director | undefined
  let again: NodeJS.Timeout | undefined
  let last: LiveNumbers | undefined
  /** What processes before the present one counted. */
  let before = { droppedFrames: 0, reconnects: 0 }
  let deaths = 0
  let isOver = false

  async function begin(): Promise<void> {
    const beganAt = performance.now()
    broadcast = await broadcasts.open(
      { ...canvas, videoBitrate: what.videoBitrate, output: what.output },
      {
        feed: (id, target) => feedTrack(parts, meetingId, id, target),
        keyFrame: (id) => void engine.requestKeyFrame(String(meetingId), id).catch(() => {}),
        numbers: (numbers) => {
          const { droppedFrames, reconnects } = before
          last = {
            ...numbers,
            // It was live before: what begins again is no beginning.
            status: numbers.status === 'starting' && deaths > 0 ? 'reconnecting' : numbers.status,
            droppedFrames: numbers.droppedFrames + droppedFrames,
            reconnects: numbers.reconnects + reconnects,
          }
          onNumbers(last)
        },
        died: (reason) => {
          log.warn({ meetingId, reason }, 'a stream’s composing process died')
          director?.end()
          if (isOver) return
          if (performance.now() - beganAt > GOOD_MS) deaths = 0
          tryAgain(reason)
        },
      },
    )
    director = await directBroadcast(parts, { meetingId, canvas, layout: what.layout }, broadcast)
    if (!isOver) return
    director.end()
    await broadcast.end()
  }

  function tryAgain(reason: string): void {
    if (last !== undefined) before = { droppedFrames: last.droppedFrames, reconnects: last.reconnects + 1 }
    const status = ++deaths > MOST_DEATHS ? 'failed' : 'reconnecting'
    onNumbers({ ...before, bitrate: 0, frameRate: 0, status, error: reason })
    if (status === 'failed') return
    again = setTimeout(() => {
      begin().catch((error: Error) => {
        log.error({ err: error, meetingId }, 'a stream could not be taken up again')
        tryAgain(error.message)
      })
    }, AGAIN_MS)
  }

  await begin()
  return {
    end: async () => {
      isOver = true
      clearTimeout(again)
      director?.end()
      await broadcast?.end()
    },
  }
}
