import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Events } from '#contracts/events.ts'
import { createMessages } from '#domains/rooms/messages.ts'
import { createRooms } from '#domains/rooms/rooms.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { openDatabase } from '#kernel/db/database.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { silentLog } from '#kernel/log.ts'
import { percentile, ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

const MESSAGES = 20_000
const AT_ONCE = 200
const ROOMS = 10
const TEXT = '下午三點的會議改到四點，請大家更新行事曆。Thanks!'
const BIG_ROOM = 100_000

/** Kept messages a second beside a bare INSERT of the same, and how a room of 100,000 opens beside one of ten. */
export async function measureDurable(): Promise<Measurement[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  const db = await openDatabase({ dataDir, log: silentLog })
  try {
    await migrate(db, { log: silentLog })
    const bus = await createBus<Events>({ log: silentLog })
    const rooms = createRooms({ db, bus })
    const messages = createMessages({ db, bus, onMentions: () => {} })
    const [account] = await db.query<{ id: number }>(
      `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
       VALUES ('a@example.com', 'a', 'a', 'Asia/Taipei', '', 'a', '') RETURNING id`,
    )
    const senderId = account?.id ?? 0
    const ids: number[] = []
    for (let i = 0; i < ROOMS; i++) ids.push((await rooms.create(senderId, `Room ${i}`)).id)
    await db.query(
      'CREATE TABLE bare (id serial PRIMARY KEY, room_id int, sender_id int, content text, created_at timestamptz DEFAULT now())',
    )
    const bareInsert = (i: number): Promise<unknown> =>
      db.prepared('INSERT INTO bare (room_id, sender_id, content) VALUES ($1, $2, $3) RETURNING id', [
        ids[i % ROOMS],
        senderId,
        TEXT,
      ])
    const post = (i: number): Promise<unknown> =>
      messages.post({ roomId: ids[i % ROOMS] ?? 0, senderId, content: TEXT })
    const rate = async (count: number, task: (index: number) => Promise<unknown>): Promise<number> => {
      let next = 0
      const began = performance.now()
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (next < count) await task(next++)
        }),
      )
      return (count * 1_000) / (performance.now() - began)
    }
    await rate(2_000, bareInsert)
    await rate(2_000, post)
    const peer = await rate(MESSAGES, bareInsert)
    const ours = await rate(MESSAGES, post)

    const big = (await rooms.create(senderId, 'Big')).id
    await db.query(
      `INSERT INTO room_messages (room_id, seq, change, sender_id, content) SELECT $1, i, i, $2, $3 FROM generate_series(1, ${BIG_ROOM}) AS i`,
      [big, senderId, TEXT],
    )
    await db.query(`UPDATE rooms SET last_seq = ${BIG_ROOM}, last_change = ${BIG_ROOM} WHERE id = $1`, [big])
    await db.query('ANALYZE room_messages')
    const small = (await rooms.create(senderId, 'Small')).id
    for (let i = 0; i < 60; i++) await messages.post({ roomId: small, senderId, content: TEXT })
    const opening = async (roomId: number): Promise<number> => {
      const times: number[] = []
      for (let i = 0; i < 200; i++) {
        const began = performance.now()
        await messages.history(senderId, roomId, { limit: 60 })
        times.push(performance.now() - began)
      }
      return percentile(times, 0.5)
    }
    const [slow, fast] = [await opening(big), await opening(small)]
    await messages.close()
    await bus.close()
    return [
      ratioOf({
        name: `messages kept, ${AT_ONCE} writers at once in ${ROOMS} rooms`,
        unit: 'messages/s',
        ours,
        peer,
        peerName: 'bare INSERT',
        atLeast: 0.8,
      }),
      {
        name: 'the last 60 messages of a room of 100,000',
        measured: `median ${slow.toFixed(2)} ms`,
        beside: `a room of 60: median ${fast.toFixed(2)} ms`,
        asked: 'at most 1.5 times as long',
        holds: slow <= fast * 1.5 + 0.2,
      },
    ]
  } finally {
    await db.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}
