declare module 'sherpa-onnx-node' {
  interface Wave {
    readonly samples: Float32Array
    readonly sampleRate: number
    /** Off: the samples are copied, and live as long as they are needed. */
    readonly enableExternalBuffer?: boolean
  }
  interface Stream {
    acceptWaveform(wave: Wave): void
  }
  class OfflineRecognizer {
    constructor(config: object)
    createStream(): Stream
    setConfig(config: object): void
    decode(stream: Stream): void
    getResult(stream: Stream): {
      readonly text: string
      readonly lang?: string
      readonly timestamps?: readonly number[]
      readonly ys_log_probs?: readonly number[]
    }
  }
  class Vad {
    constructor(config: object, bufferSeconds: number)
    acceptWaveform(samples: Float32Array): void
    isEmpty(): boolean
    front(enableExternalBuffer: boolean): { readonly start: number; readonly samples: Float32Array }
    pop(): void
    flush(): void
    reset(): void
  }
  class OnlineSpeechDenoiser {
    constructor(config: object)
    readonly sampleRate: number
    run(wave: Wave): Wave
    flush(enableExternalBuffer: boolean): Wave
    reset(): void
  }
  const sherpa: {
    OfflineRecognizer: typeof OfflineRecognizer
    Vad: typeof Vad
    OnlineSpeechDenoiser: typeof OnlineSpeechDenoiser
  }
  export default sherpa
}
