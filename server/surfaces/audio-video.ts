import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { EnhancementRequest } from '#contracts/schemas/ai.ts'
import { cancelEnhancement, denoiseAudio, enhanceVideo, enhancementStatus } from '#contracts/speech.ts'
import type { Cleaned, Denoising } from '#domains/ai/denoising.ts'
import type { EnhancementJob, Enhancing } from '#domains/ai/enhancement.ts'
import type { Files } from '#domains/ai/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { checkerOf, readForm, withNoise, wrong } from './audio-video-input.ts'
import type { SoundInput } from './audio-video-input.ts'
import { untilHungUp } from './hung-up.ts'
import { aiSpeech } from './models-words.ts'
import { SENT } from './mount.ts'
import type { Mount } from './mount.ts'

const checkEnhancement = checkerOf(EnhancementRequest)
const MOST_PIXELS = 4096

interface Parts {
  readonly denoising: Denoising
  readonly enhancing: Enhancing
  readonly files: Files
  readonly input: SoundInput
  /** The largest film of a form, in bytes. */
  readonly mostFilmBytes: number
}

/** Sound without noise, and better pictures. */
export function mountAudioVideo(mount: Mount, parts: Parts): void {
  const { denoising, enhancing, input } = parts
  mount(
    denoiseAudio,
    async ({ account, request, reply }) => {
      const before = performance.now()
      const wantsSound = /\baudio\/(x-)?wav\b/.test(request.headers.accept ?? '')
      return await withNoise(request, input, async ({ level = 'medium', model }, source) => {
        const clean = await denoising.clean(account.accountId, { source, level, model, signal: untilHungUp(reply) })
        try {
          if (wantsSound) {
            await sendSound(reply, clean)
            return SENT
          }
          const fileId = await clean.keep()
          return {
            file_id: fileId,
            file_url: `/api/v1/media/download/${fileId}`,
            noise_reduction_db: rounded(clean.reduction),
            processing_time: rounded((performance.now() - before) / 1000),
            duration: rounded(clean.duration),
            wet_share: rounded(clean.wetShare),
            model: clean.model,
          }
        } finally {
          await clean.remove()
        }
      })
    },
    aiSpeech,
  )
  mount(
    enhanceVideo,
    async ({ account, request }) => {
      const body = await filmOf(request, account.accountId, parts)
      if (body.file_id === undefined) throw new Fault('invalid', 'ai.video-missing', 'file_id or video is asked for')
      const target = targetOf(body.target_resolution)
      const asked = { fileId: body.file_id, type: body.enhancement_type, target, model: body.model }
      return view(enhancing, await enhancing.submit(account.accountId, asked))
    },
    aiSpeech,
  )
  mount(
    enhancementStatus,
    async ({ account, params }) => view(enhancing, await enhancing.find(account.accountId, params.job_id)),
    aiSpeech,
  )
  mount(
    cancelEnhancement,
    async ({ account, params }) => view(enhancing, await enhancing.cancel(account.accountId, params.job_id)),
    aiSpeech,
  )
}

async function sendSound(reply: FastifyReply, clean: Cleaned): Promise<void> {
  const { size } = await stat(clean.path)
  reply
    .header('content-length', size)
    .header('x-noise-reduction-db', clean.reduction.toFixed(1))
    .header('x-wet-share', clean.wetShare.toFixed(2))
    .type('audio/wav')
  await reply.send(createReadStream(clean.path))
}

/** The body; the film of a form is kept as a file first, as an upload is. */
async function filmOf(request: FastifyRequest, accountId: number, { files, input, mostFilmBytes }: Parts) {
  if (!request.isMultipart()) return checkEnhancement(request.body)
  const work = await input.workspace()
  try {
    const form = await readForm(request, { field: 'video', folder: work.folder, mostBytes: mostFilmBytes })
    const body = checkEnhancement(form.fields)
    if (form.path === undefined) return body
    if (body.file_id !== undefined) throw wrong('file_id', 'either file_id or a film in video is asked for')
    targetOf(body.target_resolution)
    const bytes = createReadStream(form.path)
    return { ...body, file_id: await files.keep(accountId, { name: form.name, description: '', bytes }) }
  } finally {
    await work.remove()
  }
}

function targetOf(text: string | undefined): { width?: number; height: number } | undefined {
  if (text === undefined) return undefined
  const [first = 0, second] = text.replace('p', '').split('x').map(Number)
  const target = second === undefined ? { height: first } : { width: first, height: second }
  if (Math.min(first, second ?? first) < 16 || Math.max(first, second ?? first) > MOST_PIXELS) {
    throw wrong('target_resolution', `target_resolution is not between 16 and ${MOST_PIXELS}`)
  }
  return target
}

const view = (enhancing: Enhancing, job: EnhancementJob) => ({
  job_id: String(job.id),
  status: job.state,
  progress: job.progress,
  method: enhancing.methodOf(job),
  output_file_id: job.output?.fileId ?? null,
  error: job.error?.message ?? null,
})

const rounded = (value: number): number => Math.round(value * 1000) / 1000
