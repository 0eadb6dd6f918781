/** An answer that was not a success, in whichever envelope it came. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number
  /** The family's own code: 1001, `E007_NOT_FOUND`; else the status. */
  readonly code: number | string
  readonly details: unknown
  /** Seconds to wait before another try, where the server said so. */
  readonly retryAfter: number | undefined
  /** The server's stable name of what went wrong: `media.ffmpeg-missing`. */
  readonly fault: string | undefined

  constructor(
    status: number,
    code: number | string,
    message: string,
    details?: unknown,
    retryAfter?: number,
    fault?: string,
  ) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.details = details
    this.retryAfter = retryAfter
    this.fault = fault
  }
}

/** No answer came: no network, a server that is down, or longer than the time given. */
export class NetworkError extends Error {
  readonly timedOut: boolean

  constructor(timedOut: boolean, cause?: unknown) {
    super(timedOut ? 'The server took too long to answer' : 'The server could not be reached', { cause })
    this.name = 'NetworkError'
    this.timedOut = timedOut
  }
}

/** The session is over and nothing brought it back; whoever catches this need not tell: the sign-in page does. */
export class SignedOutError extends ApiError {
  constructor(message: string) {
    super(401, 401, message)
    this.name = 'SignedOutError'
  }
}
