// The bare library over a file, frame after frame, and nothing else: the peer of our denoising. Prints seconds and bytes.
import { openSync, readSync } from 'node:fs'
import createModule from '@jitsi/rnnoise-wasm/dist/rnnoise-sync.js'

const FRAME = 480
const module = createModule()
await module.ready
const buffer = module._malloc(FRAME * 4)
const state = module._rnnoise_create(0)
const file = openSync(process.argv[2] ?? '', 'r')
const samples = new Int16Array(FRAME * 100)
const began = performance.now()
for (;;) {
  const read = readSync(file, samples, 0, samples.byteLength, null) / 2
  if (read < FRAME) break
  for (let at = 0; at + FRAME <= read; at += FRAME) {
    module.HEAPF32.set(samples.subarray(at, at + FRAME), buffer / 4)
    module._rnnoise_process_frame(state, buffer, buffer)
  }
}
const seconds = (performance.now() - began) / 1000
console.log(JSON.stringify({ seconds, bytes: process.resourceUsage().maxRSS * 1024 }))
