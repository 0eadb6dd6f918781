import { execFile } from 'node:child_process'
import type { MediaInfo, StreamInfo } from '#domains/media/media-file.ts'
import type { Prober } from '#domains/media/ports.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import { inputArguments, lastWords } from './arguments.ts'
import { commandOf } from './tools.ts'
import type { ToolFinder } from './tools.ts'

const TIMEOUT_MS = 20_000
const MOST_STREAMS = 32

interface RawStream {
  codec_type?: string
  codec_name?: string
  width?: number
  height?: number
  avg_frame_rate?: string
  channels?: number
  sample_rate?: string
  bit_rate?: string
  disposition?: { attached_pic?: number }
}

interface Raw {
  format?: { format_name?: string; start_time?: string; duration?: string; bit_rate?: string }
  streams?: RawStream[]
}

/** Looks into containers with ffprobe, which may open nothing but the one file. */
export function createProber(tools: ToolFinder): Prober {
  return {
    probe: async (path) => {
      const found = await tools.find().catch((error: unknown) => {
        if (isFault(error, 'media.ffmpeg-missing')) return undefined
        throw error
      })
      if (found === undefined) return null
      const { program, before } = commandOf(found, found.ffprobe, { live: true })
      const text = await read(program, [
        ...before,
        '-v',
        'error',
        '-of',
        'json',
        '-show_format',
        '-show_streams',
        ...inputArguments(path),
      ])
      return describe(JSON.parse(text) as Raw)
    },
  }
}

function read(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' as const, maxBuffer: 4 * 1024 * 1024 }
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(damaged(error.killed ? 'it takes too long to read' : lastWords(stderr), error))
    })
  })
}

function describe(raw: Raw): MediaInfo {
  const streams = (raw.streams ?? []).slice(0, MOST_STREAMS).map(streamInfo)
  if (!streams.some(({ kind }) => kind === 'video' || kind === 'audio')) {
    throw damaged('there is neither sound nor picture in it')
  }
  return {
    format: raw.format?.format_name ?? 'unknown',
    start: positive(raw.format?.start_time) ?? 0,
    duration: positive(raw.format?.duration),
    bitrate: positive(raw.format?.bit_rate),
    streams,
  }
}

function streamInfo(raw: RawStream): StreamInfo {
  const isCover = raw.disposition?.attached_pic === 1
  const kinds = ['video', 'audio', 'subtitle'] as const
  const kind = isCover ? 'data' : (kinds.find((one) => one === raw.codec_type) ?? 'data')
  const frameRate = rateOf(raw.avg_frame_rate)
  const bitrate = positive(raw.bit_rate)
  const sampleRate = positive(raw.sample_rate)
  return {
    kind,
    codec: raw.codec_name ?? 'unknown',
    ...(raw.width !== undefined && { width: raw.width }),
    ...(raw.height !== undefined && { height: raw.height }),
    ...(kind === 'video' && frameRate !== null && { frameRate }),
    ...(raw.channels !== undefined && { channels: raw.channels }),
    ...(sampleRate !== null && { sampleRate }),
    ...(bitrate !== null && { bitrate }),
  }
}

/** `30000/1001` as a number. */
function rateOf(text: string | undefined): number | null {
  const [above = 0, below = 0] = (text ?? '').split('/').map(Number)
  return above > 0 && below > 0 ? Math.round((above / below) * 1000) / 1000 : null
}

function positive(text: string | undefined): number | null {
  const value = Number(text)
  return Number.isFinite(value) && value > 0 ? value : null
}

function damaged(why: string, cause?: unknown): Fault {
  return new Fault('invalid', 'media.damaged', `The file cannot be read: ${why}`, { data: { why }, cause })
}
