import type { Static } from 'typebox'
import {
  cancelJob,
  extractAudio,
  extractVideo,
  jobStatus,
  listJobs,
  merge,
  processMedia,
  retryJob,
  thumbnail,
  transcode,
} from '#contracts/ffmpeg.ts'
import type { MediaJob } from '#contracts/ffmpeg.ts'
import type { BodyOf } from '#contracts/route.ts'
import type { EnhancementJob, Enhancing } from '#domains/ai/enhancement.ts'
import type { Conversions } from '#domains/media/conversions/conversions.ts'
import type { ConversionInput, Making } from '#domains/media/conversions/request.ts'
import { Fault } from '#kernel/fault.ts'
import type { Job } from '#kernel/jobs/job.ts'
import { conversionSpeech as speech } from './ffmpeg-words.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'
import { invalidRequest } from './validation.ts'

/** Work on files of the library, whoever does it. */
type FileJob = Job<
  { readonly type: string; readonly fileIds: readonly string[] },
  { readonly fileIds: readonly string[] }
>

/** As x264's CRF. */
const QUALITY = { low: 32, medium: 28, high: 23 } as const
const JOBS = 20

/** Conversions, and the jobs they are. */
export function mountFfmpeg(
  mount: Mount,
  { conversions, enhancing }: { conversions: Conversions; enhancing: Pick<Enhancing, 'lookFor'> },
): void {
  const view = async (job: FileJob) => jobView(job, await conversions.namesOf([job]))
  const submit = async (
    accountId: number,
    type: ConversionInput['type'],
    fileIds: readonly string[],
    makings: readonly Making[],
  ) => await view(await conversions.submit(accountId, { type, fileIds, makings }))

  mount(
    transcode,
    async ({ account, body }) => submit(account.accountId, 'transcode', [body.file_id], [transcodingOf(body)]),
    speech,
  )
  mount(
    extractAudio,
    async ({ account, body }) => {
      const { audio_format: format = 'mp3', audio_bitrate: bitrate } = body
      const making = { type: 'extract_audio', format, bitrate: bitsOf(bitrate) } as const
      return await submit(account.accountId, 'extract_audio', [body.file_id], [making])
    },
    speech,
  )
  mount(
    extractVideo,
    async ({ account, body }) =>
      submit(account.accountId, 'extract_video', [body.file_id], [{ type: 'extract_video' }]),
    speech,
  )
  mount(
    merge,
    async ({ account, body }) => {
      const { output_format: format = 'mp4', transition = 'none' } = body
      return await submit(account.accountId, 'merge', body.file_ids, [{ type: 'merge', format, transition }])
    },
    speech,
  )
  mount(
    thumbnail,
    async ({ account, body }) => {
      const { timestamp: at, width, height, format = 'jpg' } = body
      const making = { type: 'thumbnail', format, at, size: { width, height } } as const
      return await submit(account.accountId, 'thumbnail', [body.file_id], [making])
    },
    speech,
  )
  mount(
    processMedia,
    async ({ account, body }) => {
      const makings = body.operations.map((operation) => operationOf(operation, body))
      return await submit(account.accountId, 'process', [body.file_id], makings)
    },
    speech,
  )
  mount(
    jobStatus,
    async ({ account, params }) => {
      // The document has one status for all its jobs, those of `video/enhancement` among them.
      const enhancement = await enhancing.lookFor(account.accountId, params.id)
      return await view(
        enhancement === undefined ? await conversions.find(account.accountId, params.id) : asFileJob(enhancement),
      )
    },
    speech,
  )
  mount(cancelJob, async ({ account, params }) => view(await conversions.cancel(account.accountId, params.id)), speech)
  mount(retryJob, async ({ account, params }) => view(await conversions.retry(account.accountId, params.id)), speech)
  mount(
    listJobs,
    async ({ account, query }) => {
      const jobs = await conversions.list(account.accountId, query.limit ?? JOBS)
      const names = await conversions.namesOf(jobs)
      return { jobs: jobs.map((job) => jobView(job, names)) }
    },
    speech,
  )
}

function transcodingOf(body: BodyOf<typeof transcode>): Making {
  const { output_format: format, video_codec: video, audio_codec: audio, frame_rate: frameRate, preset } = body
  const [first = '', second] = (body.resolution ?? '').replace('p', '').split('x')
  const size =
    body.resolution === undefined
      ? undefined
      : second === undefined
        ? { height: Number(first) }
        : { width: Number(first), height: Number(second) }
  if (Math.max(Number(first), Number(second ?? 0)) > 4096) throw wrong('resolution', 'is larger than 4096')
  return { type: 'transcode', format, video, audio, size, bitrate: bitsOf(body.bitrate), frameRate, preset }
}

function operationOf(
  operation: BodyOf<typeof processMedia>['operations'][number],
  { output_format: format, quality = 'medium' }: BodyOf<typeof processMedia>,
): Making {
  switch (operation) {
    case 'extract_audio':
      return { type: 'extract_audio', format: 'mp3' }
    case 'extract_video':
      return { type: 'extract_video' }
    case 'generate_thumbnail':
      return { type: 'thumbnail', format: 'jpg' }
    case 'compress':
      return { type: 'transcode', format: 'mp4', quality: QUALITY[quality] }
    case 'convert_format':
      if (format === undefined) throw wrong('output_format', 'is required for convert_format')
      return format === 'mp4' || format === 'webm' || format === 'mkv' || format === 'mov'
        ? { type: 'transcode', format, quality: QUALITY[quality] }
        : { type: 'extract_audio', format }
  }
}

/** `1500k` as 1,500,000. */
function bitsOf(bitrate: number | string | undefined): number | undefined {
  if (bitrate === undefined || typeof bitrate === 'number') return bitrate
  const unit = { k: 1_000, m: 1_000_000 }[bitrate.at(-1)?.toLowerCase() ?? ''] ?? 1
  const bits = Number.parseInt(bitrate, 10) * unit
  if (bits < 8_000 || bits > 100_000_000) throw wrong('bitrate', 'lies outside 8k to 100M')
  return bits
}

function wrong(field: string, why: string): Fault {
  return invalidRequest({ in: 'body', field, fields: [field], reason: 'other', details: `${field} ${why}` })
}

/** An enhancement in the shape of a conversion. */
function asFileJob({ input, output, ...job }: EnhancementJob): FileJob {
  return {
    ...job,
    input: { type: 'video_enhancement', fileIds: [input.fileId] },
    output: output && { fileIds: [output.fileId] },
  }
}

function jobView(job: FileJob, names: ReadonlyMap<string, string>): Static<typeof MediaJob> {
  const outputs = job.output?.fileIds ?? []
  return {
    job_id: String(job.id),
    type: job.input.type,
    status: job.state,
    progress: job.progress,
    source_ids: [...job.input.fileIds],
    source_names: job.input.fileIds.flatMap((id) => names.get(id) ?? []),
    output_file_id: outputs[0] ?? null,
    output_file_ids: [...outputs],
    error: job.state === 'failed' ? (job.error?.message ?? null) : null,
    created_at: rfc3339(job.createdAt),
    started_at: job.startedAt === null ? null : rfc3339(job.startedAt),
    completed_at: job.completedAt === null ? null : rfc3339(job.completedAt),
  }
}
