import type { Log } from '#kernel/log.ts'
import type { MediaEngine, MediaEvent, Publication } from '../media-engine.ts'
import { connectionReport } from './connection-grade.ts'
import type { Media } from './media.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'

/** Levels are passed on at most this often per room. */
const LEVELS_EVERY_MS = 250

/** Passes what the engine tells on to the rooms' sockets; returns the function that ends it. */
export function followEngine(parts: { engine: MediaEngine; rooms: Rooms; media: Media; log: Log }): () => void {
  const { engine, rooms, media, log } = parts
  const lastLevels = new WeakMap<Room, number>()

  function restart(roomIds: readonly string[]): void {
    for (const roomId of roomIds) {
      const room = rooms.get(Number(roomId))
      if (room === undefined) continue
      log.warn({ meetingId: room.meetingId, peers: room.seats.size }, 'a media worker died; its room starts anew')
      media.forget(room)
      // Told first, so that no client takes the first offer of the new connections for one of the old.
      room.broadcast('restart', { reason: 'media-worker' })
      for (const seat of room.seats.values()) media.attach(room, seat, true)
    }
  }

  return engine.subscribe((event) => {
    if (event.type === 'worker-died') return restart(event.roomIds)
    const room = rooms.get(Number(event.roomId))
    if (room === undefined) return
    if (event.type === 'audio-levels') {
      const now = performance.now()
      const quiet = event.activePeerId === null && event.levels.length === 0
      if (!quiet && now - (lastLevels.get(room) ?? -LEVELS_EVERY_MS) < LEVELS_EVERY_MS) return
      lastLevels.set(room, now)
    }
    tell(room, event)
  })
}

function tell(room: Room, event: Exclude<MediaEvent, { type: 'worker-died' }>): void {
  switch (event.type) {
    case 'offer': {
      const seat = room.byPeer(event.peerId)
      if (seat === undefined) return
      const tracks = event.tracks.map((track) => ({
        mid: track.mid,
        publication_id: track.publicationId,
        user_id: track.userId,
        peer_id: track.peerId,
        kind: track.kind,
        source: track.source,
      }))
      const send = (): void =>
        room.send(seat, 'offer', { type: 'offer', sdp: event.sdp, transport: 'subscribe', tracks })
      if (seat.heldOffer === null) return send()
      seat.heldOffer.send = send
      return
    }
    case 'candidate': {
      const seat = room.byPeer(event.peerId)
      if (seat === undefined) return
      return room.send(seat, 'ice-candidate', { ...event.candidate, transport: event.transport })
    }
    case 'publication-added':
    case 'publication-changed':
      return tellTrack(room, event.publication)
    case 'publication-removed': {
      const seat = room.byPeer(event.peerId)
      return room.broadcast(
        'track',
        {
          publication_id: event.publicationId,
          user_id: seat?.accountId ?? 0,
          peer_id: event.peerId,
          kind: null,
          source: event.source,
          state: 'ended',
        },
        0,
        { unrecorded: true },
      )
    }
    case 'layer-changed': {
      const seat = room.byPeer(event.peerId)
      if (seat === undefined) return
      return room.send(seat, 'layer', {
        publication_id: event.publicationId,
        layer: event.layer,
        reason: event.reason,
      })
    }
    case 'audio-levels': {
      const levels = event.levels.flatMap(({ peerId, level }) => {
        const seat = room.byPeer(peerId)
        if (seat === undefined) return []
        return [{ peer_id: peerId, user_id: seat.accountId, level, speaking: peerId === event.activePeerId }]
      })
      return room.broadcast('speakers', { levels }, 0, { unrecorded: true })
    }
    case 'connection-quality': {
      const people = event.peers.flatMap((measured) => {
        const seat = room.byPeer(measured.peerId)
        if (seat === undefined) return []
        seat.connection = connectionReport(measured)
        return [{ user_id: seat.accountId, peer_id: seat.peerId, ...seat.connection }]
      })
      if (people.length > 0) room.broadcast('connection-quality', { people }, 0, { unrecorded: true })
      return
    }
    // Clients see the state of their own connections; the rest is in the measured numbers.
    case 'transport-state':
      return
  }
}

function tellTrack(room: Room, publication: Publication): void {
  room.broadcast(
    'track',
    {
      publication_id: publication.publicationId,
      user_id: publication.userId,
      peer_id: publication.peerId,
      kind: publication.kind,
      source: publication.source,
      state: publication.state,
    },
    0,
    { unrecorded: true },
  )
}
