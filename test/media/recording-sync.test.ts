import { appendFileSync } from 'node:fs'
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
 * Tracks as the writers leave them, each packet with the machine's time of its arrival, made with exact times: a flash
 * and a tone at the same moments, and ten minutes of nothing in between.
 */
const EPOCH = 1_795_000_000
const GAP = 600
/** Seconds of each of the two pieces. */
const PIECE = 6
let folder: string
let db: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-sync-'))
  db = await createTestDatabase()
})
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

test(
  'flash and tone stay within 80 ms, at the start and after ten minutes without a packet',
  { timeout: 420_000 },
  async () => {
    const id = 'sync'
    const laid = { folder, id, layout: 'speaker', quality: 'low' } as const
    const { accountId, meetingId, own } = await layRecording(db, laid)
    for (const [number, kind, late] of [
      [1, 'audio', 0],
      [2, 'video', 0.48],
    ] as const) {
      makeFlashAndTone(join(own, `${number}.mkv`), { kind, late, piece: PIECE, gap: GAP, epoch: EPOCH })
      await db.query(
        `INSERT INTO recording_tracks (recording_id, number, account_id, kind, source, codec)
         VALUES ($1, $2, $3, $4, $5, '')`,
        [id, number, accountId, kind, kind === 'audio' ? 'microphone' : 'camera'],
      )
    }
    // The camera was off during the gap: its last picture is not left standing.
    for (const [after, isOn] of [
      [PIECE + 3, false],
      [PIECE + GAP, true],
    ] as const) {
      const note = { at: (EPOCH + after) * 1000, type: 'picture', number: 2, isOn }
      appendFileSync(join(own, 'notes.jsonl'), `${JSON.stringify(note)}\n`)
    }
    const recorder = await startRecorder({ db, folder, engine: createSendingEngine(() => meetingId).engine })
    // A minute's work alone, and several where other tests want the processor too: films give way.
    await expect
      .poll(async () => (await recorder.recordings.see(accountId, id)).status, { timeout: 400_000 })
      .toBe('completed')
    const { fileId, duration } = await recorder.recordings.see(accountId, id)
    expect(duration).toBeGreaterThan(GAP + 2 * PIECE - 1)
    const path = recorder.storage.pathOf((await recorder.library.see(accountId, fileId ?? '')).storageKey)
    const flashes = flashTimes(path, { x: 300, y: 165 })
    const tones = toneTimes(path)
    const moments = [1, 3, 5, 7, 9, 11].map((at) => (at < PIECE ? at : at + GAP))
    expect(tones.length).toBe(moments.length)
    expect(flashes.length).toBe(moments.length)
    for (const [i, moment] of moments.entries()) {
      expect(Math.abs((tones[i] ?? 0) - moment)).toBeLessThan(0.08)
      expect(Math.abs((flashes[i] ?? 0) - moment)).toBeLessThan(0.08)
      expect(Math.abs((flashes[i] ?? 0) - (tones[i] ?? 0))).toBeLessThan(0.08)
    }
    await recorder.stop()
  },
)
