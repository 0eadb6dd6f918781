import type { MediaEngine, MediaEvent, Publication } from '#domains/meetings/media-engine.ts'
import type { Log } from '#kernel/log.ts'
import type { Broadcast } from '../ports.ts'
import { arrange } from '../scene/scene.ts'
import type { Layout, Present } from '../scene/scene.ts'

/** Changes closer together are one. */
const SETTLE_MS = 60
/** Whoever speaks stays large for so long at least. */
const HOLD_MS = 1_500
/** Each is a decoder; whoever comes later is not heard in the stream. */
const MOST_VOICES = 50

export interface DirectorParts {
  readonly engine: MediaEngine
  readonly log: Log
  /** How people and meetings are called. */
  readonly nameOf: (accountId: number) => Promise<string>
  readonly titleOf: (meetingId: number) => Promise<string>
}

/** Tells a broadcast who is there and what is to be seen, while people come, go, speak and share. */
export interface Director {
  end(): void
}

/** Follows a meeting's room for a broadcast. */
export async function directBroadcast(
  parts: DirectorParts,
  at: { meetingId: number; canvas: { width: number; height: number }; layout: Layout },
  broadcast: Pick<Broadcast, 'add' | 'remove' | 'show'>,
): Promise<Director> {
  const { engine, log } = parts
  const roomId = String(at.meetingId)
  const present = new Map<string, Publication>()
  const inputs = new Set<string>()
  const names = new Map<number, string>()
  const title = await parts.titleOf(at.meetingId)
  let speakingPeer: string | null = null
  let changedAt = -Infinity
  let settling: NodeJS.Timeout | undefined
  let isOver = false

  const sceneSoon = (): void => {
    if (!isOver) settling ??= setTimeout(show, SETTLE_MS)
  }

  function show(): void {
    settling = undefined
    broadcast.show(arrange(whoIsThere(), at.canvas, at.layout))
  }

  /** Screens first, then people in the order they came. */
  function whoIsThere(): Present[] {
    const all = [...present.values()]
    const screens = all.filter((one) => one.source === 'screen' && one.state === 'flowing')
    const people = new Map<string, Publication[]>()
    for (const one of all) {
      if (one.source !== 'microphone' && one.source !== 'camera') continue
      people.set(one.peerId, [...(people.get(one.peerId) ?? []), one])
    }
    const shown = [
      ...screens.map((one) => ({ ...person(one.peerId, [one], one.userId), isScreen: true })),
      ...[...people].map(([peerId, tracks]) => person(peerId, tracks, tracks[0]?.userId ?? 0)),
    ]
    if (shown.length > 0) return shown
    return [{ input: null, name: title, isScreen: false, isSpeaking: false }]
  }

  function person(peerId: string, tracks: readonly Publication[], userId: number): Present {
    const picture = tracks.find((one) => one.kind === 'video' && one.state === 'flowing')
    return {
      input: picture?.publicationId ?? null,
      name: names.get(userId) ?? '',
      isScreen: false,
      isSpeaking: peerId === speakingPeer,
    }
  }

  function learnName(accountId: number): void {
    if (names.has(accountId)) return
    names.set(accountId, '')
    parts.nameOf(accountId).then(
      (name) => {
        names.set(accountId, name)
        sceneSoon()
      },
      (error: unknown) => log.warn({ err: error, accountId }, 'a name for a stream could not be read'),
    )
  }

  function note(publication: Publication): void {
    const { publicationId: id, kind, state } = publication
    present.set(id, publication)
    learnName(publication.userId)
    if (kind === 'audio' && state === 'blocked') drop(id)
    else if (!inputs.has(id) && (kind === 'video' || inputs.size < MOST_VOICES * 2)) {
      inputs.add(id)
      broadcast.add(id, kind)
    }
    sceneSoon()
  }

  function drop(id: string): void {
    if (inputs.delete(id)) broadcast.remove(id)
  }

  function forget(id: string): void {
    present.delete(id)
    drop(id)
    sceneSoon()
  }

  function heard(event: Extract<MediaEvent, { type: 'audio-levels' }>): void {
    const { activePeerId } = event
    const now = performance.now()
    if (activePeerId === null || activePeerId === speakingPeer || now - changedAt < HOLD_MS) return
    speakingPeer = activePeerId
    changedAt = now
    sceneSoon()
  }

  const unsubscribe = engine.subscribe((event) => {
    if (event.type === 'worker-died') {
      // The room comes back with new publications.
      if (event.roomIds.includes(roomId)) for (const id of present.keys()) forget(id)
    } else if (event.roomId !== roomId) return
    else if (event.type === 'publication-added' || event.type === 'publication-changed') note(event.publication)
    else if (event.type === 'publication-removed') forget(event.publicationId)
    else if (event.type === 'audio-levels') heard(event)
  })
  if (engine.rooms().includes(roomId)) for (const one of await engine.publications(roomId)) note(one)
  sceneSoon()

  return {
    end: () => {
      isOver = true
      clearTimeout(settling)
      unsubscribe()
    },
  }
}

/** Forwards a track to where a broadcast wants it; a low picture where no more is of use. */
export async function feedTrack(
  { engine, log }: Pick<DirectorParts, 'engine' | 'log'>,
  meetingId: number,
  id: string,
  target: { port: number; height: number },
): Promise<{ sdp: string; end(): void } | null> {
  const roomId = String(meetingId)
  if (!engine.rooms().includes(roomId)) return null
  const layer = target.height > 400 ? 'high' : target.height > 200 ? 'medium' : 'low'
  const { egressId, sdp } = await engine.startEgress(roomId, id, { address: '127.0.0.1', port: target.port, layer })
  return {
    sdp,
    end: () =>
      void engine
        .stopEgress(roomId, egressId)
        .catch((error: unknown) => log.debug({ err: error }, 'an egress was over already')),
  }
}
