import type { ClientData } from '#contracts/schemas/signaling.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { LayerChoice, MediaEngine, TransportRole } from '../media-engine.ts'
import { allowedSources } from './publishing.ts'
import type { Room } from './room.ts'
import { sendError } from './room.ts'
import type { Seat } from './seat.ts'
import type { KeyedSerial } from './serial.ts'
import { createKeyedSerial } from './serial.ts'

/** What the rooms ask of the media engine. Everything returns at once; failures become `error` frames. */
export type Media = ReturnType<typeof createMedia>

/** Tells the engine what happens in the rooms, in order for each peer. A room is opened with its first peer. */
export function createMedia({ engine, log }: { engine: MediaEngine; log: Log }) {
  /** Rooms the engine has, or is about to have. */
  const opened = new Map<number, Promise<void>>()
  const doors: KeyedSerial<number> = createKeyedSerial()

  function open(room: Room): Promise<void> {
    const known = opened.get(room.meetingId)
    if (known !== undefined) return known
    const opening = doors.run(room.meetingId, async () => {
      try {
        await engine.openRoom(String(room.meetingId), { maxPeers: 1000 })
      } catch (error) {
        if (!isFault(error, 'media.room-exists')) throw error
      }
    })
    opened.set(room.meetingId, opening)
    opening.catch(() => opened.delete(room.meetingId))
    return opening
  }

  async function ensurePeer(room: Room, seat: Seat, fresh: boolean): Promise<void> {
    if (seat.hasMediaPeer && !fresh) return
    await open(room)
    const roomId = String(room.meetingId)
    if (seat.hasMediaPeer) {
      await startAnew(roomId, seat)
    } else {
      seat.heldOffer = null
      const isNew = await addPeer(room, seat)
      seat.hasMediaPeer = true
      if (isNew) return
    }
    await engine.setPublishingAllowed(roomId, seat.peerId, allowedSources(seat.mediaState, room.meeting))
  }

  /** New connections for a peer the engine has; an offer of the old ones is told to nobody. */
  async function startAnew(roomId: string, seat: Seat): Promise<void> {
    const held = (seat.heldOffer ??= { send: null })
    try {
      if (await engine.resumePeer(roomId, seat.peerId, { fresh: true })) held.send?.()
    } finally {
      if (seat.heldOffer === held) seat.heldOffer = null
    }
  }

  /** Whether it was added; else the engine had it, with what it was allowed before. */
  async function addPeer(room: Room, seat: Seat): Promise<boolean> {
    const roomId = String(room.meetingId)
    const canPublish = allowedSources(seat.mediaState, room.meeting)
    try {
      await engine.addPeer(roomId, seat.peerId, { userId: seat.accountId, canPublish })
      return true
    } catch (error) {
      if (!isFault(error, 'media.peer-exists')) throw error
      await startAnew(roomId, seat)
      return false
    }
  }

  /** Adds work for a peer that is there; what goes wrong is told to it. */
  function ask(room: Room, seat: Seat, type: string, work: (roomId: string) => Promise<void>): void {
    const peerId = seat.peerId
    const added = seat.media.add(async () => {
      if (seat.peerId !== peerId || room.seats.get(seat.accountId) !== seat) return
      try {
        await ensurePeer(room, seat, false)
        await work(String(room.meetingId))
      } catch (error) {
        fail(room, seat, type, error)
      }
    })
    if (!added) sendError(seat.socket, room.meetingId, { code: 'TOO_MANY_FRAMES', message: 'Too much at once', type })
  }

  function fail(room: Room, seat: Seat, type: string, error: unknown): void {
    const missing = isFault(error, 'media.room-missing') || isFault(error, 'media.peer-missing')
    if (missing) seat.hasMediaPeer = false
    if (isFault(error) && (error.kind === 'invalid' || error.kind === 'too-large')) {
      sendError(seat.socket, room.meetingId, { code: 'INVALID_MESSAGE', message: error.message, type })
      return
    }
    log.warn({ err: error, meetingId: room.meetingId, peerId: seat.peerId, type }, 'media request failed')
    sendError(seat.socket, room.meetingId, { code: 'MEDIA_UNAVAILABLE', message: 'Media is not available', type })
  }

  return {
    /** Somebody came in, or came back without their peer connections (`fresh`). */
    attach(room: Room, seat: Seat, fresh: boolean): void {
      if (fresh && seat.hasMediaPeer) seat.heldOffer = { send: null }
      const added = seat.media.add(async () => {
        if (room.seats.get(seat.accountId) !== seat) return
        try {
          await ensurePeer(room, seat, fresh)
        } catch (error) {
          fail(room, seat, 'join', error)
        }
      })
      if (!added) seat.heldOffer = null
    },

    /** Somebody came back with their peer connections: an offer that was lost is made again. */
    resume(room: Room, seat: Seat): void {
      ask(room, seat, 'join', async (roomId) => void (await engine.resumePeer(roomId, seat.peerId)))
    },

    /** Somebody is gone for good. */
    detach(room: Room, seat: Seat): void {
      const { peerId } = seat
      const gone = seat.media.add(async () => {
        seat.hasMediaPeer = false
        await engine.removePeer(String(room.meetingId), peerId)
      })
      if (!gone) void engine.removePeer(String(room.meetingId), peerId).catch(() => {})
    },

    /** The room is empty. */
    close(meetingId: number): void {
      if (!opened.delete(meetingId)) return
      void doors
        .run(meetingId, () => engine.closeRoom(String(meetingId)))
        .catch((error: unknown) => log.warn({ err: error, meetingId }, 'a media room could not be closed'))
    },

    /** The engine lost the room: peers will be added to a new one. */
    forget(room: Room): void {
      opened.delete(room.meetingId)
      for (const seat of room.seats.values()) seat.hasMediaPeer = false
    },

    /** The client's offer on its publish connection; the answer follows. */
    offer(room: Room, seat: Seat, data: ClientData['offer']): void {
      ask(room, seat, 'offer', async (roomId) => {
        const { sdp, publications } = await engine.publishOffer(roomId, seat.peerId, {
          sdp: data.sdp,
          ...(data.tracks && { tracks: data.tracks }),
        })
        room.send(seat, 'answer', {
          type: 'answer',
          sdp,
          transport: 'publish',
          publications: publications.map((one) => ({
            publication_id: one.publicationId,
            kind: one.kind,
            source: one.source,
          })),
        })
      })
    },

    answer(room: Room, seat: Seat, data: ClientData['answer']): void {
      ask(room, seat, 'answer', (roomId) => engine.subscribeAnswer(roomId, seat.peerId, { sdp: data.sdp }))
    },

    candidate(room: Room, seat: Seat, data: ClientData['ice-candidate']): void {
      const { transport = 'publish', ...candidate } = data
      ask(room, seat, 'ice-candidate', (roomId) => engine.addCandidate(roomId, seat.peerId, transport, candidate))
    },

    restartIce(room: Room, seat: Seat, transport: TransportRole): void {
      ask(room, seat, 'ice-restart', (roomId) => engine.restartIce(roomId, seat.peerId, transport))
    },

    /** What the subscriber shows. */
    layers(room: Room, seat: Seat, data: ClientData['layer']): void {
      ask(room, seat, 'layer', async (roomId) => {
        const preferences = data.subscriptions.map((one) => ({
          publicationId: one.publication_id,
          ...(one.width !== undefined && { width: one.width }),
          ...(one.height !== undefined && { height: one.height }),
          ...(one.visible !== undefined && { visible: one.visible }),
          ...(one.priority !== undefined && { priority: one.priority }),
        }))
        await unlessGone(engine.setPreferences(roomId, seat.peerId, preferences))
        for (const { publication_id: publicationId, layer } of data.subscriptions) {
          if (layer === undefined) continue
          const choice: LayerChoice = layer === 'auto' ? { mode: 'auto' } : layer
          await unlessGone(engine.setLayer(roomId, seat.peerId, publicationId, choice))
        }
      })
    },

    /** What somebody may send changed. */
    syncPublishing(room: Room, seat: Seat): void {
      ask(room, seat, 'media-state', (roomId) =>
        engine.setPublishingAllowed(roomId, seat.peerId, allowedSources(seat.mediaState, room.meeting)),
      )
    },

    syncQuality(room: Room, seat: Seat): void {
      ask(room, seat, 'layer', (roomId) => engine.setPublishQuality(roomId, seat.peerId, seat.videoQuality))
    },
  }
}

/** A track may end while a frame about it is on its way: no fault of the sender's. */
async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isFault(error, 'media.publication-missing')) throw error
  }
}
