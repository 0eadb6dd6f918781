import type { MediaEngine, MediaEvent, MediaSource, Publication } from '#domains/meetings/media-engine.ts'
import { sendLoop } from './rtp-loop.ts'

/**
 * An engine whose publications are sent as plain RTP, as the SFU's egress would: each flashes white,
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
  close(): void
}

function kindOf(publicationId: string): 'audio' | 'video' {
  return publicationId.startsWith('audio') ? 'audio' : 'video'
}

/** An engine with one room, the meeting's. */
export function createSendingEngine(meetingId: () => number): SendingEngine {
  const listeners = new Set<(event: MediaEvent) => void>()
  const present = new Map<string, Publication>()
  const senders = new Map<string, { stop(): void }>()
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
    stopEgress: async (_room, egressId) => senders.get(egressId)?.stop(),
    startEgress: async (_room, publicationId, { port }) => {
      const kind = kindOf(publicationId)
      const egressId = `${publicationId} ${++egresses}`
      const sender = await sendLoop(kind, port)
      senders.set(egressId, sender)
      const codec = kind === 'video' ? 'vp8' : 'opus'
      const numbers = { payloadType: 96, clockRate: 1, ssrc: 1 }
      return { egressId, publicationId, kind, codec, ...numbers, sdp: sender.sdp }
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
      for (const [egressId, sender] of senders) if (egressId.startsWith(`${publicationId} `)) sender.stop()
    },
    closeRoom: () => (isOpen = false),
    close: () => {
      for (const sender of senders.values()) sender.stop()
    },
  }
}
