/** Reads how loud a microphone track is. It listens to a copy, so that it hears also while the sent track is muted. */
export class LevelMeter {
  readonly #context: AudioContext
  readonly #source: MediaStreamAudioSourceNode
  readonly #analyser: AnalyserNode
  readonly #ear: AnalyserNode
  readonly #copy: MediaStreamTrack
  readonly #samples: Float32Array<ArrayBuffer>
  readonly #long: Float32Array<ArrayBuffer>
  #heard = false

  constructor(track: MediaStreamTrack) {
    this.#copy = track.clone()
    this.#copy.enabled = true
    this.#context = new AudioContext()
    this.#source = this.#context.createMediaStreamSource(new MediaStream([this.#copy]))
    this.#analyser = this.#context.createAnalyser()
    this.#analyser.fftSize = 1024
    this.#samples = new Float32Array(this.#analyser.fftSize)
    this.#source.connect(this.#analyser)
    this.#ear = this.#context.createAnalyser()
    this.#ear.fftSize = 32_768
    this.#long = new Float32Array(this.#ear.fftSize)
    this.#source.connect(this.#ear)
  }

  /** False until the page was clicked, where the browser asks for that. */
  get running(): boolean {
    return this.#context.state === 'running'
  }

  /** Lets it hear, after a click. */
  resume(): void {
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined)
  }

  /** Root mean square of the last 20 ms, 0 to 1. */
  rms(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples)
    let sum = 0
    for (const sample of this.#samples) sum += sample * sample
    return Math.sqrt(sum / this.#samples.length)
  }

  /**
   * Whether this microphone has ever given anything but digital silence. Pauses may well be exact zeros, where noise is
   * taken away; a device that never gave a sound is one that nobody will hear. To be asked every second or so.
   */
  hasSounded(): boolean {
    if (!this.#heard) {
      this.#ear.getFloatTimeDomainData(this.#long)
      this.#heard = this.#long.some((sample) => sample !== 0)
    }
    return this.#heard
  }

  /** Lets the device go. */
  close(): void {
    this.#copy.stop()
    this.#source.disconnect()
    void this.#context.close().catch(() => undefined)
  }
}

/** A loudness as people hear it: 0 at -60 dB and below, 1 at -12 dB. */
export function loudness(rms: number): number {
  if (rms <= 0) return 0
  return Math.min(1, Math.max(0, (20 * Math.log10(rms) + 60) / 48))
}
