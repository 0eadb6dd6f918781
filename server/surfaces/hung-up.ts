import type { FastifyReply } from 'fastify'
import { Fault } from '#kernel/fault.ts'
import { whenHungUp } from '#kernel/hung-up.ts'

/** Aborted when the client hangs up before it has its answer; Fastify's own `request.signal` is as soon as the body is read. */
export function untilHungUp({ raw }: FastifyReply): AbortSignal {
  return whenHungUp(raw, () => new Fault('unavailable', 'request.hung-up', 'The client hung up'))
}
