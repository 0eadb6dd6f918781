import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { flashTimes, makeFlashAndTone, toneTimes } from '#test/support/flash-and-tone.ts'
import { layRecording, startRecorder } from '#test/support/recorder.ts'
import { createSendingEngine } from '#test/support/sending-engine.ts'

/**
 * Somebody who is muted with the camera off for most of a recording, and again until it is stopped, beside somebody of
 * whom no packet ever came. The packets lie as the writers leave them, with exact times.
 */
const EPOCH = 1_795_000_000
/** Seconds of each of two pieces, of nothing between them, and of nothing after them. */
const [PIECE, GAP, REST] = [6, 20, 8]
const WHOLE = 2 * PIECE + GAP + REST
let folder: string
let db: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-silence-'))
  db = await createTestDatabase()
})
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

/** How bright the picture is at a moment, where the name of the one person stands. */
function brightness(path: string, at: number): number {
  const args = ['-v', 'error', '-ss', String(at), '-i', path, '-frames:v', '1', '-vf', 'crop=200:100:220:130,scale=1:1']
  return execFileSync('ffmpeg', [...args, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'])[0] ?? 0
}

test('the film lasts until the stop, in sync, with who was silent in it', { timeout: 300_000 }, async () => {
  const laid = { folder, id: 'silence', layout: 'grid', quality: 'low' } as const
  const { accountId, meetingId, own } = await layRecording(db, laid)
  for (const [number, kind] of [
    [1, 'audio'],
    [2, 'video'],
    // Muted from the beginning to the end: its writer never wrote.
    [3, 'audio'],
  ] as const) {
    if (number < 3) makeFlashAndTone(join(own, `${number}.mkv`), { kind, piece: PIECE, gap: GAP, epoch: EPOCH })
    await db.query(
      `INSERT INTO recording_tracks (recording_id, number, account_id, kind, source, codec)
       VALUES ('silence', $1, $2, $3, $4, '')`,
      [number, accountId, kind, kind === 'audio' ? 'microphone' : 'camera'],
    )
  }
  const ms = (after: number): number => (EPOCH + after) * 1000
  const notes = [
    { at: ms(PIECE + 1), type: 'picture', number: 2, isOn: false },
    { at: ms(PIECE + GAP), type: 'picture', number: 2, isOn: true },
    { at: ms(2 * PIECE + GAP), type: 'picture', number: 2, isOn: false },
    ...[1, 2, 3].map((number) => ({ at: ms(WHOLE), type: 'gone', number })),
  ]
  writeFileSync(join(own, 'notes.jsonl'), notes.map((note) => `${JSON.stringify(note)}\n`).join(''))
  const recorder = await startRecorder({ db, folder, engine: createSendingEngine(() => meetingId).engine })
  await expect
    .poll(async () => (await recorder.recordings.see(accountId, 'silence')).status, { timeout: 280_000 })
    .toBe('completed')
  const { fileId, duration } = await recorder.recordings.see(accountId, 'silence')
  expect(duration).toBeGreaterThan(WHOLE - 0.5)
  expect(duration).toBeLessThan(WHOLE + 0.5)
  const path = recorder.storage.pathOf((await recorder.library.see(accountId, fileId ?? '')).storageKey)
  const [flashes, tones] = [flashTimes(path, { x: 300, y: 60 }), toneTimes(path)]
  const moments = [1, 3, 5, 7, 9, 11].map((at) => (at < PIECE ? at : at + GAP))
  expect(flashes.length).toBe(moments.length)
  expect(tones.length).toBe(moments.length)
  for (const [i, moment] of moments.entries()) {
    expect(Math.abs((tones[i] ?? 0) - moment)).toBeLessThan(0.08)
    expect(Math.abs((flashes[i] ?? 0) - moment)).toBeLessThan(0.08)
  }
  // A tile with a name, rather than nothing or the last picture.
  for (const at of [PIECE + GAP / 2, WHOLE - 2]) expect(brightness(path, at)).toBeGreaterThan(20)
  expect(brightness(path, WHOLE - 2)).toBe(brightness(path, PIECE + GAP / 2))
  await recorder.stop()
})
