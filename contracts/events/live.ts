/** What the processes of an installation tell each other of open sockets. `node` is the process. */
export interface LiveEvents {
  /** The first socket of an account opened there, or the last one closed. */
  'live.presence.changed': { node: string; accountId: number; online: boolean }
  /** Everybody who is connected there: said at the start, and to whoever asks. */
  'live.presence.listed': { node: string; accountIds: number[] }
  /** Somebody new wants to know who is connected. */
  'live.presence.asked': { node: string }
  /** Still there. */
  'live.node.alive': { node: string }
}
