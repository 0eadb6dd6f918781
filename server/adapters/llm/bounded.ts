import { Agent } from 'undici'
import type { Dispatcher } from 'undici'

/** Bytes of one answer as it comes, whatever is in it. */
const MOST_BYTES = 64 * 1024 * 1024
/** Bytes without a line break. The client copies what it has of a line with each piece that comes. */
const LONGEST_LINE = 4 * 1024 * 1024
const NEWLINE = 10

/** An answer has no end of a line where one had to come. */
export class LineTooLong extends Error {
  constructor() {
    super('the answer has a line that does not end')
  }
}

/** Where answers of a provider come through: they end with an error past a size, and past a size of one line. */
export const bounded: Dispatcher = new Agent({ maxResponseSize: MOST_BYTES }).compose(
  (dispatch) => (options, handler) => dispatch(options, boundLines(handler)),
)

function boundLines(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  let line = 0
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade: (controller, status, headers, socket) =>
      handler.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) =>
      handler.onResponseStart?.(controller, status, headers, message),
    onResponseData: (controller, chunk) => {
      const end = chunk.lastIndexOf(NEWLINE)
      line = end < 0 ? line + chunk.length : chunk.length - 1 - end
      if (line > LONGEST_LINE) controller.abort(new LineTooLong())
      else handler.onResponseData?.(controller, chunk)
    },
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
  }
}
