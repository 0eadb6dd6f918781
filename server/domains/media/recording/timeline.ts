import type { MediaSource } from '#domains/meetings/media-engine.ts'
import { arrange } from '../scene/scene.ts'
import type { Layout, Present, Scene } from '../scene/scene.ts'

/** A track as it lies in the recording, in seconds from its start. */
export interface TimedTrack {
  readonly number: number
  readonly accountId: number
  readonly source: MediaSource
  readonly from: number
  readonly until: number
}

/** What was noted while it was recorded, in seconds from its start. */
export type TimedNote =
  | { readonly at: number; readonly type: 'speaker'; readonly accountId: number }
  /** A camera or screen that nothing came from for a while, or that was turned off; and came back. */
  | { readonly at: number; readonly type: 'picture'; readonly number: number; readonly isOn: boolean }
  /** A track ended, perhaps long after its last packet. */
  | { readonly at: number; readonly type: 'gone'; readonly number: number }

/** What is seen from a frame on. */
export interface TimedScene {
  readonly fromFrame: number
  readonly scene: Scene
}

/** Tracks until they were gone: who is muted or shows nothing is there as well. After a kill the last packet is their end. */
export function untilGone<Track extends TimedTrack>(tracks: readonly Track[], notes: readonly TimedNote[]): Track[] {
  return tracks.map((track) => {
    const gone = notes.find((note) => note.type === 'gone' && note.number === track.number)
    return { ...track, until: Math.max(track.until, gone?.at ?? 0) }
  })
}

/** Whoever speaks stays large for so long at least. */
const HOLD_SECONDS = 1.5
/** Changes closer together are one: nobody sees tiles jump twice in a blink. */
const SHORTEST_SECONDS = 0.2

/** The name of a track's picture in scenes. */
export const inputOf = (number: number): string => String(number)

/** What is to be seen when: laid out anew whenever somebody comes, leaves, shares, turns a camera on or off, or speaks. */
export function timeline(
  tracks: readonly TimedTrack[],
  notes: readonly TimedNote[],
  look: {
    readonly canvas: { width: number; height: number }
    readonly layout: Layout
    readonly frameRate: number
    readonly nameOf: (accountId: number) => string
  },
): TimedScene[] {
  const showings = tracks
    .filter(({ source }) => source === 'camera' || source === 'screen')
    .flatMap((track) => shownTimes(track, notes))
  const speaking = look.layout === 'speaker' ? speakers(notes) : []
  const times = [0, ...tracks.flatMap(({ from, until }) => [from, until])]
  times.push(...showings.flatMap(({ from, until }) => [from, until]), ...speaking.map(({ at }) => at))
  const end = Math.max(0, ...tracks.map(({ until }) => until))
  const moments = spaced(times.filter((time) => time < end))
  const order = tracks.toSorted((a, b) => a.from - b.from)
  const scenes: TimedScene[] = []
  for (const [i, from] of moments.entries()) {
    const middle = (from + (moments[i + 1] ?? end)) / 2
    const speaker = speaking.findLast(({ at }) => at <= middle)?.accountId ?? null
    const present = whoIsThere(order, showings, { at: middle, speaker, nameOf: look.nameOf })
    const scene = arrange(present, look.canvas, look.layout)
    if (JSON.stringify(scene) === JSON.stringify(scenes.at(-1)?.scene)) continue
    scenes.push({ fromFrame: Math.round(from * look.frameRate), scene })
  }
  return scenes
}

interface Showing {
  readonly track: TimedTrack
  readonly from: number
  readonly until: number
}

function whoIsThere(
  tracks: readonly TimedTrack[],
  showings: readonly Showing[],
  { at, speaker, nameOf }: { at: number; speaker: number | null; nameOf: (accountId: number) => string },
): Present[] {
  const isAt = ({ from, until }: { from: number; until: number }): boolean => from <= at && until > at
  const shown = showings.filter(isAt).map(({ track }) => track)
  const screens = shown.filter(({ source }) => source === 'screen')
  const people = new Set(
    tracks
      .filter((one) => isAt(one) && (one.source === 'microphone' || one.source === 'camera'))
      .map((one) => one.accountId),
  )
  return [
    ...screens.map((one) => ({
      input: inputOf(one.number),
      name: nameOf(one.accountId),
      isScreen: true,
      isSpeaking: false,
    })),
    ...[...people].map((accountId) => {
      // The latest, where a track was taken up anew before the old one was over.
      const camera = shown.findLast((one) => one.accountId === accountId && one.source === 'camera')
      return {
        input: camera === undefined ? null : inputOf(camera.number),
        name: nameOf(accountId),
        isScreen: false,
        isSpeaking: accountId === speaker,
      }
    }),
  ]
}

/** When a picture was on. */
function shownTimes(track: TimedTrack, notes: readonly TimedNote[]): Showing[] {
  const showings: Showing[] = []
  let from: number | null = track.from
  for (const note of notes) {
    if (note.type !== 'picture' || note.number !== track.number) continue
    const at = Math.min(track.until, Math.max(track.from, note.at))
    if (note.isOn) from ??= at
    else if (from !== null) {
      if (at > from) showings.push({ track, from, until: at })
      from = null
    }
  }
  if (from !== null && from < track.until) showings.push({ track, from, until: track.until })
  return showings
}

function speakers(notes: readonly TimedNote[]): { at: number; accountId: number }[] {
  const kept: { at: number; accountId: number }[] = []
  for (const note of notes) {
    if (note.type !== 'speaker') continue
    const last = kept.at(-1)
    if (last?.accountId === note.accountId) continue
    // Whoever takes over within the hold is shown when it is over.
    const at = last === undefined ? note.at : Math.max(note.at, last.at + HOLD_SECONDS)
    kept.push({ at, accountId: note.accountId })
  }
  return kept
}

/** In order, without those that follow another one too closely. */
function spaced(times: readonly number[]): number[] {
  const kept: number[] = []
  for (const time of times.toSorted((a, b) => a - b)) {
    if (kept.length === 0 || time - (kept.at(-1) ?? 0) >= SHORTEST_SECONDS) kept.push(Math.max(0, time))
  }
  return kept
}
