import type { Speech } from '#domains/calls/ports.ts'
import { normalise, resample } from './resample.ts'
import { parseWav } from './wav.ts'

const SPEAK_MS = 60_000
const MOST_BYTES = 64 * 1024 * 1024

/** Speech by an OpenAI-compatible API: `POST {url}/audio/speech`, answered with a WAV file. */
export function createOpenAiSpeech(options: {
  url: string
  key: string | undefined
  model: string
  voice: string
}): Speech {
  const { url, key, model, voice } = options
  return {
    name: 'openai',
    synthesise: async (text, signal) => {
      const response = await fetch(`${url}/audio/speech`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, voice, input: text, response_format: 'wav' }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(SPEAK_MS)]),
      })
      if (!response.ok) {
        const said = (await response.text()).slice(0, 300)
        throw new Error(`the speech API answered ${response.status}: ${said}`)
      }
      const sound = normalise(await resample(parseWav(await read(response)), 8_000))
      if (sound.samples.length === 0) throw new Error('the speech API answered with silence of no length')
      return sound
    },
  }
}

/** The body, up to what a message can possibly take. */
async function read(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MOST_BYTES) throw new Error('the speech API answered with too much')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
