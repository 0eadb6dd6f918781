import type { FastifyReply } from 'fastify'
import { Fault } from '#kernel/fault.ts'

/**
 * Aborted when the client hangs up before it has its answer, so that nothing goes on being made for nobody.
 * Fastify's own `request.signal` is aborted as soon as the body is read.
 */
export function whenHungUp({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(hungUp())
  })
  if (raw.destroyed && !raw.writableFinished) gone.abort(hungUp())
  return gone.signal
}

const hungUp = (): Fault => new Fault('unavailable', 'request.hung-up', 'The client hung up')
