import type { LinkState } from './track-types.ts'

/** How long a connection may be interrupted or connecting before new paths are sought. */
const PATIENCE = { interrupted: 2_500, connecting: 12_000 }

/**
 * Watches one RTCPeerConnection: tells its state, and asks for a repair (an ICE restart) when it failed, was interrupted
 * for 2.5 s or does not connect within 12 s.
 */
export class LinkWatch {
  readonly #connection: RTCPeerConnection
  readonly #onState: (state: LinkState) => void
  readonly #onRepair: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #wasConnected = false
  state: LinkState = 'new'

  constructor(connection: RTCPeerConnection, onState: (state: LinkState) => void, onRepair: () => void) {
    this.#connection = connection
    this.#onState = onState
    this.#onRepair = onRepair
    connection.addEventListener('connectionstatechange', this.#look)
  }

  /** Starts the patience anew, after a repair was begun. */
  repairing(): void {
    this.#wait(PATIENCE.connecting)
  }

  /** Stops watching. */
  close(): void {
    clearTimeout(this.#timer)
    this.#connection.removeEventListener('connectionstatechange', this.#look)
  }

  readonly #look = (): void => {
    clearTimeout(this.#timer)
    switch (this.#connection.connectionState) {
      case 'connected':
        this.#wasConnected = true
        return this.#tell('connected')
      case 'connecting':
        this.#wait(PATIENCE.connecting)
        return this.#tell(this.#wasConnected ? 'interrupted' : 'connecting')
      case 'disconnected':
        this.#wait(PATIENCE.interrupted)
        return this.#tell('interrupted')
      case 'failed':
        this.#wait(0)
        return this.#tell(this.#wasConnected ? 'interrupted' : 'failed')
      // Nothing is on its way yet, or it was closed by us.
      case 'new':
      case 'closed':
    }
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onRepair, ms)
  }

  #tell(state: LinkState): void {
    if (state === this.state) return
    this.state = state
    this.#onState(state)
  }
}
