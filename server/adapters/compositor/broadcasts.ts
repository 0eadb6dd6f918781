import type { ToolFinder } from '#adapters/ffmpeg/tools.ts'
import type { BroadcastEvents, Broadcasts } from '#domains/media/ports.ts'
import type { Log } from '#kernel/log.ts'
import { startCompositor } from '#workers/compositor/host.ts'
import type { CompositorProcess } from '#workers/compositor/host.ts'
import type { FromWorker } from '#workers/compositor/protocol.ts'
import { demandEncoder, programOf } from './program.ts'

/** Live pictures, each composed by a process of its own. */
export function createBroadcasts(tools: ToolFinder, log: Log): Broadcasts {
  return {
    open: async (options, on) => {
      const ffmpeg = await programOf(tools, { live: true })
      await demandEncoder(tools, 'libx264')
      const feeds = followFeeds(on, log)
      let isWanted = true
      const compositor: CompositorProcess = startCompositor((message) => {
        if (message.type === 'numbers') on.numbers(message.numbers)
        else if (message.type === 'key-frame') on.keyFrame(message.input)
        else feeds.hear(message, compositor)
      })
      compositor.send({ type: 'live', options: { ffmpeg, ...options } })
      void compositor.ended.then(({ code, signal }) => {
        feeds.endAll()
        if (isWanted) on.died(`the composing process ended (${signal ?? code})`)
      })
      return {
        add: (id, kind) => compositor.send({ type: 'input', id, kind }),
        remove: (id) => compositor.send({ type: 'input-ended', id }),
        show: (scene) => compositor.send({ type: 'scene', scene }),
        end: async () => {
          isWanted = false
          await compositor.end()
        },
      }
    },
  }
}

/** Keeps what the process wished for, so that all of it ends with it. */
function followFeeds(on: BroadcastEvents, log: Log) {
  const open = new Map<number, { end(): void } | null>()

  async function want(message: Extract<FromWorker, { type: 'want' }>, compositor: CompositorProcess): Promise<void> {
    const { wish, input, port, height } = message
    open.set(wish, null)
    const feed = await on.feed(input, { port, height }).catch((error: unknown) => {
      log.warn({ err: error, input }, 'a track cannot be sent to a stream')
      return null
    })
    // Given up while it was asked for.
    if (!open.has(wish)) return feed?.end()
    open.set(wish, feed)
    compositor.send({ type: 'feed', wish, sdp: feed?.sdp ?? null })
  }

  return {
    hear: (message: FromWorker, compositor: CompositorProcess): void => {
      if (message.type === 'want') void want(message, compositor)
      else if (message.type === 'unwant') {
        open.get(message.wish)?.end()
        open.delete(message.wish)
      }
    },
    endAll: (): void => {
      for (const feed of open.values()) feed?.end()
      open.clear()
    },
  }
}
