import { Store } from './store.ts'
import type { RemoteTrack } from './track-types.ts'

/**
 * Plays everybody's sound, outside of any view, so that it goes on while one looks at other parts. Where the browser wants
 * a click first, `blocked` says so and `unblock` is to be called from one.
 */
export class AudioOut {
  readonly blocked = new Store(false)
  readonly #elements = new Map<string, HTMLAudioElement>()
  #speakerId = ''

  /** Plays exactly these tracks from now on. */
  play(tracks: readonly RemoteTrack[]): void {
    const wanted = new Map(tracks.filter((track) => track.kind === 'audio').map((track) => [track.track.id, track]))
    for (const [id, element] of this.#elements) {
      if (wanted.has(id)) continue
      this.#elements.delete(id)
      stop(element)
    }
    for (const [id, track] of wanted) {
      if (this.#elements.has(id)) continue
      const element = new Audio()
      element.autoplay = true
      element.srcObject = track.stream
      this.#elements.set(id, element)
      void this.#route(element)
      this.#start(element)
    }
  }

  /** Another loudspeaker; empty for the system's default. Browsers that cannot choose play where they play. */
  setSpeaker(deviceId: string): void {
    this.#speakerId = deviceId
    for (const element of this.#elements.values()) void this.#route(element)
  }

  /** From a click: plays what the browser held back. */
  unblock(): void {
    this.blocked.set(false)
    for (const element of this.#elements.values()) this.#start(element)
  }

  /** Silence. */
  close(): void {
    for (const element of this.#elements.values()) stop(element)
    this.#elements.clear()
  }

  #start(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotAllowedError') this.blocked.set(true)
    })
  }

  async #route(element: HTMLAudioElement): Promise<void> {
    if (!('setSinkId' in element)) return
    // A device that is gone: the default one goes on playing.
    await element.setSinkId(this.#speakerId).catch(() => undefined)
  }
}

function stop(element: HTMLAudioElement): void {
  element.pause()
  element.srcObject = null
}
