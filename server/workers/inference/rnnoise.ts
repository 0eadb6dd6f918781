import createModule from '@jitsi/rnnoise-wasm/dist/rnnoise-sync.js'

/** Samples RNNoise takes at once: 10 ms. */
export const FRAME = 480

/** RNNoise over frames of 16-bit values, one after another. Made once per sound: it remembers what it heard. */
export interface Rnnoise {
  /** Replaces `frame` by the filtered sound, which lies behind by `delay` samples. */
  process(frame: Float32Array): void
  close(): void
}

/** Compiles the library; about 30 ms. */
export async function openRnnoise(): Promise<() => Rnnoise> {
  const module = createModule()
  await module.ready
  const buffer = module._malloc(FRAME * 4)
  return () => {
    const state = module._rnnoise_create(0)
    return {
      process: (frame) => {
        // Memory may have grown and moved: the view is taken anew each time.
        module.HEAPF32.set(frame, buffer / 4)
        module._rnnoise_process_frame(state, buffer, buffer)
        frame.set(module.HEAPF32.subarray(buffer / 4, buffer / 4 + FRAME))
      },
      close: () => module._rnnoise_destroy(state),
    }
  }
}
