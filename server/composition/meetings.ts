import { SfuEngine } from '#adapters/sfu/sfu-engine.ts'
import type { Directory } from '#domains/identity/directory.ts'
import { createPasswords } from '#domains/identity/passwords.ts'
import type { MediaEngine } from '#domains/meetings/media-engine.ts'
import { createMeetings } from '#domains/meetings/meetings.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import type { ChatRoom, Recordings } from '#domains/meetings/ports.ts'
import { serveSignaling } from '#surfaces/meetings-signaling.ts'
import { mountMeetings } from '#surfaces/meetings.ts'
import type { Base, Part } from './part.ts'

/** Meetings, and the engine that carries their media, for whoever records or streams them. */
export interface MeetingsPart extends Part {
  readonly meetings: Meetings
  readonly engine: MediaEngine
}

/** Wires meetings: the domain, its media on worker threads, its routes and `/ws/signaling`. */
export function composeMeetings(
  base: Base,
  { directory, recordings, chatRoom }: { directory: Directory; recordings: Recordings; chatRoom: ChatRoom },
): MeetingsPart {
  const { config, db, bus, clock, log, mount, sockets } = base
  const { sfuWorkers, sfuPortMin, sfuPortMax, sfuAnnouncedIps, stunUrls, turnUrls, turnSecret } = config.meetings
  const engine = new SfuEngine({
    log,
    workers: sfuWorkers,
    portRange: { min: sfuPortMin, max: sfuPortMax },
    ...(sfuAnnouncedIps.length > 0 && { announced: sfuAnnouncedIps }),
  })
  const meetings = createMeetings({
    db,
    bus,
    clock,
    log,
    engine,
    accounts: directory,
    // Meeting passwords wait for each other, and never for people who sign in.
    hasher: createPasswords({ concurrency: 1 }),
    settings: { stunUrls, turnUrls, turnSecret },
    rateLimits: config.core.rateLimits,
    recordings,
    chatRoom,
  })
  mountMeetings(mount, { meetings, publicUrl: config.core.publicUrl })
  serveSignaling(sockets, { meetings })
  return {
    meetings,
    engine,
    start: async () => {
      await engine.start()
      await meetings.start()
    },
    stop: async () => {
      await meetings.stop()
      await engine.stop()
    },
    notConfigured:
      turnUrls.length === 0
        ? ['TURN (CONFAB_TURN_URLS): people behind strict firewalls may not get sound and picture']
        : [],
  }
}
