import { DeviceSlot, type GetUserMedia } from './device-slot.ts'
import { type MediaProblem, problemOf } from './media-error.ts'
import { Store } from './store.ts'

/** What is remembered between meetings. */
export interface MediaPreferences {
  microphone: boolean
  camera: boolean
  microphoneId: string
  cameraId: string
  speakerId: string
  /** How large the camera is asked to be. */
  cameraQuality: 'low' | 'standard' | 'high'
}

/** What the machine has to choose from; labels are empty until the browser's question was answered. */
export interface DeviceLists {
  microphones: readonly MediaDeviceInfo[]
  cameras: readonly MediaDeviceInfo[]
  speakers: readonly MediaDeviceInfo[]
}

/** The shared screen. */
export interface ScreenState {
  video: MediaStreamTrack | null
  audio: MediaStreamTrack | null
  problem: MediaProblem | null
}

const heights = { low: 360, standard: 720, high: 1080 }

/**
 * The person's own camera, microphone and screen. It lives from the page before the meeting until the end of it, so that
 * nothing flickers on the way in; whoever sends the tracks subscribes to the stores.
 */
export class LocalMedia {
  readonly microphone: DeviceSlot
  readonly camera: DeviceSlot
  readonly screen = new Store<ScreenState>({ video: null, audio: null, problem: null })
  readonly devices = new Store<DeviceLists>({ microphones: [], cameras: [], speakers: [] })
  readonly speakerId: Store<string>
  readonly #media: MediaDevices | undefined
  readonly #getUserMedia: GetUserMedia
  readonly #remember: (preferences: Partial<MediaPreferences>) => void
  readonly #relist = (): void => void this.listDevices()

  constructor(
    preferences: MediaPreferences,
    remember: (preferences: Partial<MediaPreferences>) => void,
    media = globalThis.navigator?.mediaDevices,
  ) {
    this.#media = media
    this.#remember = remember
    this.#getUserMedia = (constraints) =>
      media ? media.getUserMedia(constraints) : Promise.reject(new DOMException('', 'NotSupportedError'))
    this.speakerId = new Store(preferences.speakerId)
    this.microphone = new DeviceSlot(
      'audio',
      { on: preferences.microphone, deviceId: preferences.microphoneId },
      (deviceId) => ({
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      }),
      this.#getUserMedia,
    )
    const height = heights[preferences.cameraQuality]
    this.camera = new DeviceSlot(
      'video',
      { on: preferences.camera, deviceId: preferences.cameraId },
      (deviceId) => ({
        ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: 'user' }),
        width: { ideal: Math.round((height * 16) / 9) },
        height: { ideal: height },
        frameRate: { ideal: 30, max: 30 },
      }),
      this.#getUserMedia,
    )
    media?.addEventListener('devicechange', this.#relist)
  }

  /** Starts what is to be on, with one question for both devices where the browser allows it. */
  async start(): Promise<void> {
    if (!this.#media) {
      this.microphone.refuse('insecure')
      this.camera.refuse('insecure')
      return
    }
    const wanted = [this.microphone, this.camera].filter((slot) => slot.state.get().on && !slot.state.get().track)
    if (wanted.length === 2) await this.#startBoth()
    else await Promise.all(wanted.map((slot) => slot.set(true)))
    await this.listDevices()
  }

  async #startBoth(): Promise<void> {
    const { microphone, camera } = this
    microphone.markBusy(true)
    camera.markBusy(true)
    try {
      const stream = await this.#getUserMedia({
        audio: microphone.ask(),
        video: camera.ask(),
      })
      for (const track of stream.getTracks()) (track.kind === 'audio' ? microphone : camera).adopt(track)
    } catch {
      // One of them is missing, busy or refused: each for itself says which.
      microphone.markBusy(false)
      camera.markBusy(false)
      await microphone.set(true)
      await camera.set(true)
    }
  }

  /** Mutes or unmutes. */
  async setMicrophone(on: boolean): Promise<void> {
    this.#remember({ microphone: on })
    await this.microphone.set(on)
    if (on) void this.listDevices()
  }

  /** Turns the camera on or off. */
  async setCamera(on: boolean): Promise<void> {
    this.#remember({ camera: on })
    await this.camera.set(on)
    if (on) void this.listDevices()
  }

  /** Speaks through another microphone. */
  async chooseMicrophone(deviceId: string): Promise<void> {
    this.#remember({ microphoneId: deviceId })
    await this.microphone.choose(deviceId)
  }

  /** Is seen through another camera. */
  async chooseCamera(deviceId: string): Promise<void> {
    this.#remember({ cameraId: deviceId })
    await this.camera.choose(deviceId)
  }

  /** Hears through another loudspeaker. */
  chooseSpeaker(deviceId: string): void {
    this.#remember({ speakerId: deviceId })
    this.speakerId.set(deviceId)
  }

  /** Asks which screen to share; resolves false when the person closed the picker or it failed (`problem`). */
  async shareScreen(): Promise<boolean> {
    if (!this.#media?.getDisplayMedia) {
      this.screen.patch({ problem: 'insecure' })
      return false
    }
    try {
      const stream = await this.#media.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } }, audio: true })
      const [video] = stream.getVideoTracks()
      const [audio = null] = stream.getAudioTracks()
      if (!video) throw new DOMException('', 'NotFoundError')
      this.stopScreen()
      // Text has to stay sharp: fewer frames rather than fewer pixels.
      video.contentHint = 'detail'
      video.addEventListener('ended', () => {
        if (this.screen.get().video === video) this.stopScreen()
      })
      this.screen.set({ video, audio, problem: null })
      return true
    } catch (error) {
      this.screen.patch({ problem: problemOf(error, 'screen') })
      return false
    }
  }

  /** Ends the sharing. */
  stopScreen(): void {
    const { video, audio } = this.screen.get()
    if (!video) return
    this.screen.set({ video: null, audio: null, problem: null })
    video.stop()
    audio?.stop()
  }

  /** Reads the lists again. */
  async listDevices(): Promise<void> {
    const all = (await this.#media?.enumerateDevices().catch(() => [])) ?? []
    const of = (kind: MediaDeviceKind) =>
      all.filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'communications')
    this.devices.set({ microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') })
  }

  /** Lets every device go. */
  close(): void {
    this.#media?.removeEventListener('devicechange', this.#relist)
    this.microphone.close()
    this.camera.close()
    this.stopScreen()
  }
}
