import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import type { Transcriber, Transcript } from '#domains/ai/ports.ts'
import { Fault } from '#kernel/fault.ts'

const PROBE_MS = 3_000
const MOST_BYTES = 16 * 1024 * 1024

interface Spoken {
  readonly start?: unknown
  readonly end?: unknown
  readonly text?: unknown
  readonly avg_logprob?: unknown
}

interface Answer {
  readonly text?: unknown
  readonly language?: unknown
  readonly segments?: unknown
}

/** Speech written down by an OpenAI-compatible API: `POST {url}/audio/transcriptions`. */
export function createOpenAiTranscriber(options: {
  url: string
  key: string | undefined
  model: string
  timeoutMs: number
}): Transcriber & { active(): number } {
  const { url, key, model, timeoutMs } = options
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  let active = 0

  async function post(form: FormData, gone: AbortSignal): Promise<Answer> {
    const signal = AbortSignal.any([gone, AbortSignal.timeout(timeoutMs)])
    const response = await fetch(`${url}/audio/transcriptions`, { method: 'POST', headers, body: form, signal })
    const text = await read(response)
    if (!response.ok) throw failed(`it answered ${response.status}: ${text.slice(0, 300)}`)
    const answer = JSON.parse(text) as Answer | null
    if (typeof answer?.text !== 'string') throw failed('its answer has no text')
    return answer
  }

  return {
    model,
    active: () => active,
    transcribe: async ({ path, mime, language, signal }) => {
      const form = new FormData()
      form.set('model', model)
      form.set('response_format', 'verbose_json')
      // ISO 639-1 is what the API knows; it takes no region.
      if (language !== undefined) form.set('language', (language.split('-', 1)[0] ?? language).toLowerCase())
      form.set('file', await openAsBlob(path, { type: mime }), basename(path))
      active++
      try {
        return transcriptOf(await post(form, signal), language)
      } catch (error) {
        signal.throwIfAborted()
        throw error instanceof Fault ? error : failed(reasonOf(error), error)
      } finally {
        active--
      }
    },
    probe: async () => {
      const response = await fetch(`${url}/models`, { headers, signal: AbortSignal.timeout(PROBE_MS) }).catch(
        (error: unknown) => {
          throw new Error(reasonOf(error), { cause: error })
        },
      )
      await response.body?.cancel()
      if (!response.ok) throw new Error(`it answered ${response.status}`)
    },
  }
}

function transcriptOf(answer: Answer, asked: string | undefined): Transcript {
  const given = Array.isArray(answer.segments) ? (answer.segments as Spoken[]) : []
  const segments = given.map((one) => ({
    start: numberOf(one.start) ?? 0,
    end: numberOf(one.end) ?? 0,
    text: typeof one.text === 'string' ? one.text.trim() : '',
    confidence: probability(one.avg_logprob),
  }))
  return {
    text: String(answer.text).trim(),
    language: typeof answer.language === 'string' ? answer.language : (asked ?? null),
    segments,
  }
}

/** The mean of a token's logarithm as a probability. */
function probability(logarithm: unknown): number | null {
  const value = numberOf(logarithm)
  return value === null ? null : Math.min(1, Math.exp(value))
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MOST_BYTES) throw failed('its answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What `fetch` itself says is that it failed; why is one further down. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}

function failed(why: string, cause?: unknown): Fault {
  return new Fault('unavailable', 'ai.stt-failed', `The transcription service failed: ${why}`, { data: { why }, cause })
}
