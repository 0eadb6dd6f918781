import type { Static } from 'typebox'
import { listStreams, startStream, stopStream, streamPart, streamStatus, watchStream } from '#contracts/streaming.ts'
import type { Stream as StreamSchema } from '#contracts/streaming.ts'
import type { Links } from '#domains/media/links.ts'
import type { Stream } from '#domains/media/streaming/stream.ts'
import type { Streams } from '#domains/media/streaming/streams.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import { Fault } from '#kernel/fault.ts'
import { actorOf } from './meetings-views.ts'
import { MEETING_WORDS } from './meetings-words.ts'
import { SENT } from './mount.ts'
import type { Mount, Speech } from './mount.ts'
import { rfc3339 } from './time.ts'
import { invalidRequest } from './validation.ts'

/** A link to watch is good for so long at least, and for half as long again at most. */
const LINK_SECONDS = 12 * 3600

const badUrl = (why: string): { status: number; message: string } => ({ status: 400, message: `请求错误: ${why}` })

const speech: Speech = {
  words: {
    ...MEETING_WORDS,
    'media.stream-missing': { status: 404, message: '推流不存在' },
    'media.already-streaming': { status: 409, message: '会议正在推流中' },
    'media.not-streaming': { status: 409, message: '会议未在推流' },
    'media.too-many-streams': { status: 503, message: '服务不可用: 同时进行的推流已达上限' },
    'media.rtmp-url': (fault: Fault) => badUrl(`rtmp_url 无效 (${String(fault.data['why'])})`),
    'outbound.refused': badUrl('rtmp_url 指向不允许的地址'),
    'media.ffmpeg-missing': { status: 503, message: '服务不可用: 服务器未安装 ffmpeg，无法推流' },
    'media.encoder-missing': { status: 503, message: '服务不可用: 服务器的 ffmpeg 没有 libx264，无法推流' },
  },
}

const linkSpeech: Speech = {
  words: {
    'media.link-invalid': { status: 403, message: 'This link is not valid or no longer valid.' },
    'media.stream-missing': { status: 404, message: 'There is no such stream, or it is over.' },
  },
}

/** Live streams by document 5's routes; the meeting decides who may start and stop them. Whoever has a link may watch. */
export function mountStreaming(
  mount: Mount,
  parts: { streams: Streams; meetings: Pick<Meetings, 'talking'>; links: Links },
): void {
  const { streams, meetings, links } = parts
  const show = (stream: Stream) => streamView(stream, links)

  mount(
    startStream,
    async ({ account, body }) => {
      const { meeting_id: meetingId, stream_type: type, rtmp_url: url, layout, quality } = body
      await meetings.talking.demandModerator(actorOf(account), meetingId)
      return show(
        await streams.start(account.accountId, {
          meetingId,
          type,
          url,
          ...(layout !== undefined && { layout }),
          ...(quality !== undefined && { quality }),
        }),
      )
    },
    speech,
  )

  mount(
    stopStream,
    async ({ account, body }) => {
      const { stream_id: id, meeting_id: meetingId } = body
      if (id !== undefined) {
        const stream = await streams.see(account.accountId, id)
        await meetings.talking.demandModerator(actorOf(account), stream.meetingId, { orEnded: true })
        return show(await streams.stop(account.accountId, id))
      }
      if (meetingId === undefined) {
        throw invalidRequest({
          in: 'body',
          field: 'stream_id',
          fields: ['stream_id'],
          reason: 'required',
          details: 'stream_id or meeting_id is required',
        })
      }
      await meetings.talking.demandModerator(actorOf(account), meetingId, { orEnded: true })
      const ended = await Promise.all(streams.running(meetingId).map((one) => streams.stop(account.accountId, one.id)))
      const newest = ended[0]
      if (newest === undefined) throw new Fault('conflict', 'media.not-streaming', 'The meeting is not being streamed')
      return show(newest)
    },
    speech,
  )

  mount(
    streamStatus,
    async ({ account, params }) => statusView(await streams.see(account.accountId, params.id), parts),
    speech,
  )

  mount(
    listStreams,
    async ({ account, query }) => ({
      streams: (await streams.list(account.accountId, query.meeting_id)).map(show),
    }),
    speech,
  )

  mount(
    watchStream,
    async ({ params, reply }) => {
      links.demand('stream', params.id, proofOf(params.proof))
      const { stream, title } = await streams.seeByLink(params.id)
      reply.header('cache-control', 'no-store')
      return {
        stream_id: stream.id,
        title,
        status: stream.status,
        hls_url: `/streams/${stream.id}/${params.proof}/index.m3u8`,
        started_at: rfc3339(stream.startedAt),
        stopped_at: stream.stoppedAt === null ? null : rfc3339(stream.stoppedAt),
      }
    },
    linkSpeech,
  )

  mount(
    streamPart,
    async ({ params, reply }) => {
      links.demand('stream', params.id, proofOf(params.proof))
      const { size, content } = await streams.read(params.id, params.file)
      const isPlaylist = params.file.endsWith('.m3u8')
      reply
        .header('content-length', size)
        .header('cache-control', isPlaylist ? 'no-store' : 'private, max-age=300')
        .header('x-content-type-options', 'nosniff')
        .type(isPlaylist ? 'application/vnd.apple.mpegurl' : 'video/mp2t')
      await reply.send(content)
      return SENT
    },
    linkSpeech,
  )
}

function proofOf(text: string): { until: number; sign: string } {
  const [until = '', sign = ''] = text.split('.')
  return { until: Number(until), sign }
}

function streamView(stream: Stream, links: Links): Static<typeof StreamSchema> {
  return {
    stream_id: stream.id,
    meeting_id: stream.meetingId,
    user_id: stream.accountId,
    stream_type: stream.type,
    status: stream.status,
    layout: stream.layout,
    quality: stream.quality,
    rtmp_target: stream.rtmpTarget,
    ...(stream.type === 'hls' && watchLinks(stream.id, links)),
    error: stream.error,
    started_at: rfc3339(stream.startedAt),
    stopped_at: stream.stoppedAt === null ? null : rfc3339(stream.stoppedAt),
  }
}

function watchLinks(id: string, links: Links): { hls_url: string; watch_url: string } {
  const { until, sign } = links.make('stream', id, LINK_SECONDS)
  return { hls_url: `/streams/${id}/${until}.${sign}/index.m3u8`, watch_url: `/watch/${id}/${until}.${sign}` }
}

function statusView(stream: Stream, { streams, links }: { streams: Streams; links: Links }) {
  const end = stream.stoppedAt ?? new Date()
  const isRunning = stream.stoppedAt === null
  return {
    ...streamView(stream, links),
    ...streams.sizeOf(stream),
    duration: Math.max(0, Math.round((end.getTime() - stream.startedAt.getTime()) / 100) / 10),
    bitrate: isRunning ? stream.bitrate : 0,
    frame_rate: isRunning ? stream.frameRate : 0,
    dropped_frames: stream.droppedFrames,
    reconnects: stream.reconnects,
  }
}
