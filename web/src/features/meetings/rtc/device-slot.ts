import { type MediaProblem, problemOf } from './media-error.ts'
import { Store } from './store.ts'

/** One input device as the person set it and as it is. */
export interface DeviceState {
  /** What the person wants. */
  on: boolean
  /** The live track; a muted microphone keeps its own, a camera that is off has none. */
  track: MediaStreamTrack | null
  /** The device chosen, empty for the system's default. */
  deviceId: string
  /** The browser is asking, or the device is starting. */
  busy: boolean
  problem: MediaProblem | null
}

/** What getUserMedia is asked for one kind. */
export type Ask = (deviceId: string) => MediaTrackConstraints

/** How the slot reaches the browser; replaced in tests. */
export type GetUserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>

/**
 * Holds one camera or microphone: turns it on and off, changes the device, notices when it is unplugged. Wishes may come
 * faster than the device follows; the last one wins. A camera that is off is stopped, so that its light goes out; a
 * microphone that is off stays open and sends silence, so that unmuting is instant.
 */
export class DeviceSlot {
  readonly state: Store<DeviceState>
  readonly #kind: 'audio' | 'video'
  readonly #ask: Ask
  readonly #getUserMedia: GetUserMedia
  #working: Promise<void> | null = null
  #dirty = false
  #closed = false

  constructor(
    kind: 'audio' | 'video',
    initial: { on: boolean; deviceId: string },
    ask: Ask,
    getUserMedia: GetUserMedia,
  ) {
    this.#kind = kind
    this.#ask = ask
    this.#getUserMedia = getUserMedia
    this.state = new Store<DeviceState>({ ...initial, track: null, busy: false, problem: null })
  }

  /** Turns it on or off; resolves when the device has followed, or said why not (`problem`). */
  set(on: boolean): Promise<void> {
    this.state.patch({ on, problem: null })
    return this.#follow()
  }

  /** Another device; resolves when it runs. Without a live track it is taken at the next start. */
  choose(deviceId: string): Promise<void> {
    const { track } = this.state.get()
    this.state.patch({ deviceId, problem: null })
    if (!track) return Promise.resolve()
    return this.#follow(true)
  }

  /** What getUserMedia is asked for, as things stand. */
  ask(): MediaTrackConstraints {
    return this.#ask(this.state.get().deviceId)
  }

  /** Takes a track had together with another (one question for both devices). */
  adopt(track: MediaStreamTrack): void {
    this.#hold(track)
  }

  /** Says that the device could not be had, and turns it off. */
  refuse(problem: MediaProblem): void {
    this.state.patch({ on: false, busy: false, problem })
  }

  /** Marks the device as being asked for. */
  markBusy(busy: boolean): void {
    this.state.patch({ busy })
  }

  /** Lets the device go. */
  close(): void {
    this.#closed = true
    this.#release()
  }

  #follow(replace = false): Promise<void> {
    this.#dirty = true
    if (!this.#working) {
      this.#working = this.#run(replace).finally(() => {
        this.#working = null
      })
    }
    return this.#working
  }

  async #run(replace: boolean): Promise<void> {
    let again = replace
    while (this.#dirty && !this.#closed) {
      this.#dirty = false
      const { on, track, deviceId } = this.state.get()
      if (!on) {
        if (this.#kind === 'video') this.#release()
        else if (track) track.enabled = false
        continue
      }
      if (
        track &&
        track.readyState === 'live' &&
        !again &&
        (deviceId === '' || track.getSettings().deviceId === deviceId)
      ) {
        track.enabled = true
        continue
      }
      again = false
      await this.#acquire(deviceId)
    }
  }

  async #acquire(deviceId: string): Promise<void> {
    this.state.patch({ busy: true })
    try {
      const stream = await this.#getUserMedia({ [this.#kind]: this.#ask(deviceId) })
      const [track] = stream.getTracks()
      if (!track) throw new DOMException('', 'NotFoundError')
      this.#hold(track)
    } catch (error) {
      if (deviceId !== '' && error instanceof Error && /NotFound|Overconstrained/.test(error.name)) {
        // The remembered device is gone: the default one instead.
        this.state.patch({ deviceId: '' })
        this.#dirty = true
        return
      }
      this.refuse(problemOf(error, 'device') ?? 'failed')
    } finally {
      this.state.patch({ busy: false })
    }
  }

  #hold(track: MediaStreamTrack): void {
    const { track: old, on } = this.state.get()
    if (this.#closed || (!on && this.#kind === 'video')) {
      track.stop()
      return
    }
    track.enabled = on
    track.addEventListener('ended', () => {
      if (this.state.get().track === track) this.#lost()
    })
    this.state.patch({ track, problem: null, busy: false })
    if (old && old !== track) old.stop()
  }

  #lost(): void {
    const { on } = this.state.get()
    this.state.patch({ track: null, deviceId: '' })
    // Unplugged: once more with the default device; if there is none, `missing` is shown.
    if (on) void this.#follow(true)
    else this.state.patch({ problem: 'lost' })
  }

  #release(): void {
    const { track } = this.state.get()
    if (!track) return
    this.state.patch({ track: null })
    track.stop()
  }
}
