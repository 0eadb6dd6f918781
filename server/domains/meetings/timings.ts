/** How long things last, in milliseconds; tests shorten them. */
export interface Timings {
  /** A place taken by REST waits this long for its first socket. */
  readonly firstSocketMs: number
  /** A place with an open socket is kept this long beyond the last heartbeat. */
  readonly seatMs: number
  /** How often places, leases and activity are written. */
  readonly heartbeatMs: number
  /** A place is kept this long for a socket that went away (contract, section 7). */
  readonly graceMs: number
  /** After a restart of the server, places wait this long for their sockets. */
  readonly restartGraceMs: number
  /** Who was not let in may ask again after this. */
  readonly denialMs: number
  /** A socket that was opened has to send `join` within this. */
  readonly joinMs: number
  /** How often lapsed places and abandoned meetings are looked for. */
  readonly sweepMs: number
  /** A meeting past its time and empty for this long is ended. */
  readonly idleMs: number
  /** A meeting that was never started is ended this long after its time. */
  readonly forgottenMs: number
}

export const TIMINGS: Timings = {
  firstSocketMs: 120_000,
  seatMs: 60_000,
  heartbeatMs: 20_000,
  graceMs: 30_000,
  restartGraceMs: 60_000,
  denialMs: 60_000,
  joinMs: 30_000,
  sweepMs: 10_000,
  idleMs: 10 * 60_000,
  forgottenMs: 24 * 3_600_000,
}
