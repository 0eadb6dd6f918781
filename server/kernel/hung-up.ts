import type { ServerResponse } from 'node:http'
import type { Fault } from './fault.ts'

/** Aborted with `reason` when the client hangs up before it has its answer, so that nothing goes on being made for nobody. */
export function whenHungUp(response: ServerResponse, reason: () => Fault): AbortSignal {
  const gone = new AbortController()
  const closed = (): void => {
    if (!response.writableFinished) gone.abort(reason())
  }
  response.once('close', closed)
  if (response.destroyed) closed()
  return gone.signal
}
