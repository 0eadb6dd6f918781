import { openModel } from './open-model.ts'
import type { OpenModel } from './open-model.ts'
import type { ModelSource, Reply, Request } from './protocol.ts'

/** A model's own process: it loads what it is told, says so, works through what it is asked one by one, and ends with its parent. */
let model: Promise<OpenModel> | undefined
let last: Promise<void> = Promise.resolve()
/** What is asked and not answered, by its id. */
const underWay = new Map<number, AbortController>()

function tell(reply: Reply, done?: () => void): void {
  process.send?.(reply, undefined, undefined, done)
}

async function load(source: ModelSource): Promise<OpenModel> {
  try {
    const opened = await openModel(source)
    tell({ ready: true, memory: process.memoryUsage.rss() })
    return opened
  } catch (error) {
    return await new Promise(() => tell({ failed: (error as Error).message }, () => process.exit(1)))
  }
}

process.on('message', (request: Request) => {
  if ('load' in request) {
    model ??= load(request.load)
    return
  }
  if ('abandon' in request) {
    underWay.get(request.abandon)?.abort(new Error('nobody waits for it any more'))
    return
  }
  const { id, ...work } = request
  const abandon = new AbortController()
  const { signal } = abandon
  underWay.set(id, abandon)
  last = last.then(async () => {
    try {
      signal.throwIfAborted()
      tell({ id, ok: true, result: await (await model)?.({ ...work, signal }), memory: process.memoryUsage.rss() })
    } catch (error) {
      tell({ id, ok: false, reason: (error as Error).message })
    } finally {
      underWay.delete(id)
    }
  })
})
process.on('disconnect', () => process.exit())
