import { transcribe, TranscriptionFields } from '#contracts/speech.ts'
import type { Speech as Recognition } from '#domains/ai/speech.ts'
import { checkerOf, readForm, wrong } from './audio-video-input.ts'
import type { SoundInput } from './audio-video-input.ts'
import { untilHungUp } from './hung-up.ts'
import { SENT } from './mount.ts'
import type { Mount, Speech } from './mount.ts'

type Said = Awaited<ReturnType<Recognition['recognise']>>

const checkFields = checkerOf(TranscriptionFields)

/** The name every client of OpenAI's sends: whatever recognises here. */
const ANY_MODEL = 'whisper-1'

/** Failures as OpenAI's clients read them. */
const speech: Speech = {
  shapeFailure: ({ status, message, details }) => ({
    error: {
      message: details ?? message,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: null,
    },
  }),
}

/** Speech to text for programs made for OpenAI's API. */
export function mountTranscriptions(
  mount: Mount,
  { speech: recognition, input }: { speech: Recognition; input: SoundInput },
): void {
  mount(
    transcribe,
    async ({ account, request, reply }) => {
      if (!request.isMultipart()) throw wrong('file', 'a multipart form with a file is asked for')
      const work = await input.workspace()
      try {
        const form = await readForm(request, { field: 'file', folder: work.folder, mostBytes: input.mostBytes })
        const { model, language, response_format: format = 'json' } = checkFields(form.fields)
        if (form.path === undefined) throw wrong('file', 'file is missing')
        const said = await recognition.recognise(account.accountId, {
          source: { from: 'path', path: form.path },
          language,
          signal: untilHungUp(reply),
          ...(model !== ANY_MODEL && { model }),
        })
        const isJson = format === 'json' || format === 'verbose_json'
        reply.type(isJson ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8')
        await reply.send(shape[format](said))
        return SENT
      } finally {
        await work.remove()
      }
    },
    speech,
  )
}

const shape = {
  json: ({ text }: Said) => ({ text }),
  text: ({ text }: Said) => `${text}\n`,
  verbose_json: (said: Said) => ({
    task: 'transcribe',
    language: said.language,
    duration: said.duration,
    text: said.text,
    segments: said.segments.map(({ start, end, text }, id) => ({ id, start, end, text })),
  }),
  srt: ({ segments }: Said) =>
    segments
      .map(({ start, end, text }, i) => `${i + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${text}\n\n`)
      .join(''),
  vtt: ({ segments }: Said) =>
    `WEBVTT\n\n${segments.map(({ start, end, text }) => `${clock(start, '.')} --> ${clock(end, '.')}\n${text}\n\n`).join('')}`,
}

/** `00:01:02,345`. */
function clock(seconds: number, point: ',' | '.'): string {
  const all = Math.max(0, Math.round(seconds * 1000))
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const milliseconds = String(all % 1000).padStart(3, '0')
  return `${two(all / 3_600_000)}:${two((all / 60_000) % 60)}:${two((all / 1000) % 60)}${point}${milliseconds}`
}
