import { denoiseFile } from './denoise.ts'
import type { Reply, Request } from './protocol.ts'
import { openRnnoise } from './rnnoise.ts'

/** A model's own process: it loads, says so, works through what it is asked one by one, and ends with its parent. */
const rnnoiseFor = await openRnnoise()

function tell(reply: Reply): void {
  process.send?.(reply)
}

async function work(request: Request): Promise<unknown> {
  if (request.do === 'ping') return null
  const rnnoise = rnnoiseFor()
  try {
    return await denoiseFile(rnnoise, request)
  } finally {
    rnnoise.close()
  }
}

let last: Promise<void> = Promise.resolve()
process.on('message', (request: Request) => {
  last = last.then(async () => {
    try {
      tell({ id: request.id, ok: true, result: await work(request), memory: process.memoryUsage.rss() })
    } catch (error) {
      tell({ id: request.id, ok: false, reason: (error as Error).message })
    }
  })
})
process.on('disconnect', () => process.exit())
tell({ ready: true, memory: process.memoryUsage.rss() })
