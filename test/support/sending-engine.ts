import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { MediaEngine, MediaEvent, MediaSource, Publication } from '#domains/meetings/media-engine.ts'

/**
 * An engine whose publications are sent as plain RTP by ffmpeg processes, as the SFU's egress would: each flashes white,
 * or beeps, for half a second every two seconds of the machine's clock, so that all do at the same moment.
 */
export interface SendingEngine {
  readonly engine: MediaEngine
  /** `audio-…` or `video-…`; `screen-…` is a shared screen. */
  publish(publicationId: string, userId: number): void
  unpublish(publicationId: string): void
  /** Nothing is sent of it any more, though it is still there. */
  mute(publicationId: string): void
  emit(event: MediaEvent): void
  /** Everybody left. */
  closeRoom(): void
  /** Ends all senders. */
  close(): Promise<void>
}

const ON = 'lt(mod(time(0),2),0.5)'

function kindOf(publicationId: string): 'audio' | 'video' {
  return publicationId.startsWith('audio') ? 'audio' : 'video'
}

function startSender(publicationId: string, port: number): ChildProcess {
  const isVideo = kindOf(publicationId) === 'video'
  const input = isVideo
    ? ['-f', 'lavfi', '-i', `color=black:s=320x180:r=25,drawbox=t=fill:color=white:enable='${ON}',noise=alls=12:allf=t`]
    : ['-f', 'lavfi', '-i', `aevalsrc='if(${ON},sin(2*PI*880*t)*0.5,0)+(random(0)-0.5)*0.02':s=48000`]
  const codec = isVideo
    ? ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-b:v', '300k']
    : ['-c:a', 'libopus', '-b:a', '48k']
  const output = ['-payload_type', '96', '-f', 'rtp', `rtp://127.0.0.1:${port}`]
  return spawn('ffmpeg', ['-v', 'error', '-nostdin', '-re', ...input, ...codec, ...output], { stdio: 'ignore' })
}

/** An engine with one room, the meeting's. */
export function createSendingEngine(meetingId: () => number): SendingEngine {
  const listeners = new Set<(event: MediaEvent) => void>()
  const present = new Map<string, Publication>()
  const senders = new Map<string, ChildProcess>()
  let isOpen = true
  let egresses = 0
  const emit = (event: MediaEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const engine: Partial<MediaEngine> = {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    rooms: () => (isOpen ? [String(meetingId())] : []),
    publications: async () => [...present.values()],
    requestKeyFrame: async () => {},
    stopEgress: async (_room, egressId) => void senders.get(egressId)?.kill('SIGKILL'),
    startEgress: async (_room, publicationId, { port }) => {
      const kind = kindOf(publicationId)
      const egressId = `${publicationId} ${++egresses}`
      senders.set(egressId, startSender(publicationId, port))
      const isVideo = kind === 'video'
      const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
      lines.push(`m=${kind} ${port} RTP/AVP 96`, `a=rtpmap:96 ${isVideo ? 'VP8/90000' : 'opus/48000/2'}`)
      const codec = isVideo ? 'vp8' : 'opus'
      const numbers = { payloadType: 96, clockRate: 1, ssrc: 1 }
      return { egressId, publicationId, kind, codec, ...numbers, sdp: `${lines.join('\r\n')}\r\n` }
    },
  }
  return {
    engine: engine as MediaEngine,
    emit,
    publish: (publicationId, userId) => {
      const kind = kindOf(publicationId)
      const camera: MediaSource = publicationId.startsWith('screen') ? 'screen' : 'camera'
      const publication: Publication = {
        publicationId,
        peerId: `peer-${userId}`,
        userId,
        kind,
        source: kind === 'audio' ? 'microphone' : camera,
        codec: '',
        layers: ['high'],
        state: 'flowing',
      }
      present.set(publicationId, publication)
      emit({ type: 'publication-added', roomId: String(meetingId()), publication })
    },
    unpublish: (publicationId) => {
      const one = present.get(publicationId)
      if (one === undefined) return
      present.delete(publicationId)
      const { peerId, source } = one
      emit({ type: 'publication-removed', roomId: String(meetingId()), peerId, publicationId, source })
    },
    mute: (publicationId) => {
      for (const [egressId, sender] of senders) if (egressId.startsWith(`${publicationId} `)) sender.kill('SIGKILL')
    },
    closeRoom: () => (isOpen = false),
    close: async () => {
      for (const sender of senders.values()) {
        if (sender.exitCode !== null || sender.signalCode !== null) continue
        const gone = once(sender, 'close')
        sender.kill('SIGKILL')
        await gone
      }
    },
  }
}
