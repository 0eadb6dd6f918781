import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { migrate } from '#kernel/db/migrate.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'

/** The step that is tested, and the one that builds on it. */
const LATER = ['2026-11-21-022-one-chat.ts', '2026-11-21-023-file-names.ts']
const db = await createTestDatabase({ empty: true })
const folder = await mkdtemp(join(tmpdir(), 'confab-migrations-'))
afterAll(async () => {
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

test('what meetings kept of their chats comes into their rooms, once and in order', async () => {
  for (const name of await readdir(import.meta.dirname)) {
    if (/^2026-.*\.ts$/.test(name) && !LATER.includes(name)) {
      await symlink(join(import.meta.dirname, name), join(folder, name))
    }
  }
  await migrate(db, { log: silentLog, folder })
  await db.query(`
    INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
    SELECT n || '@example.com', n, n, 'Asia/Taipei', '', n::bytea, '' FROM unnest(ARRAY['anna', 'ben']) AS n`)
  await db.query(`
    INSERT INTO meetings (creator_id, title, description, start_time, end_time, max_participants, meeting_type,
      enable_recording, enable_chat, enable_screen_share, enable_waiting_room, mute_on_join, message_seq, created_at, updated_at)
    SELECT 1, t, '', now(), now() + interval '1 hour', 10, 'video', true, true, true, false, false, 2, now(), now()
    FROM unnest(ARRAY['With a room', 'Without']) AS t`)
  await db.query(`
    INSERT INTO meeting_participants (meeting_id, account_id, role, standing_role, invited)
    SELECT m, a, CASE WHEN a = 1 THEN 'host' ELSE 'participant' END, CASE WHEN a = 1 THEN 'host' ELSE 'participant' END, true
    FROM generate_series(1, 2) AS m, generate_series(1, 2) AS a`)
  await db.query(`
    INSERT INTO meeting_messages (meeting_id, seq, account_id, content, created_at)
    VALUES (1, 1, 1, '一', '2026-01-01'), (2, 1, 1, 'first', '2026-01-02'), (2, 2, 2, 'second', '2026-01-03'), (1, 2, 2, '二', '2026-01-04')`)
  // The first meeting's room has one of its lines already, and something of its own; the mirror lost the other line.
  await db.query(
    `INSERT INTO rooms (name, kind, meeting_id, last_seq, last_change) VALUES ('With a room', 'meeting', 1, 2, 5)`,
  )
  await db.query(`INSERT INTO room_members (room_id, account_id, read_seq) VALUES (1, 1, 2), (1, 2, 1)`)
  await db.query(`
    INSERT INTO room_messages (room_id, seq, change, sender_id, content, client_key)
    VALUES (1, 1, 5, 1, 'edited since', 'meeting:1'), (1, 2, 2, 1, 'only here', NULL)`)
  await db.query(`
    INSERT INTO signalling_messages (meeting_id, type, from_id, data, created_at)
    VALUES (2, 'chat', 2, '{"message_id":3,"seq":2,"user_id":2,"content":"second"}', now()), (2, 'hand', 2, '{}', now())`)

  await migrate(db, { log: silentLog })

  const messages = await db.query(
    `SELECT r.meeting_id, m.seq, m.change, m.sender_id, m.content FROM room_messages AS m JOIN rooms AS r ON r.id = m.room_id
     ORDER BY r.meeting_id, m.seq`,
  )
  expect(messages).toEqual([
    { meeting_id: 1, seq: 1, change: 5, sender_id: 1, content: 'edited since' },
    { meeting_id: 1, seq: 2, change: 2, sender_id: 1, content: 'only here' },
    { meeting_id: 1, seq: 3, change: 6, sender_id: 2, content: '二' },
    { meeting_id: 2, seq: 1, change: 1, sender_id: 1, content: 'first' },
    { meeting_id: 2, seq: 2, change: 2, sender_id: 2, content: 'second' },
  ])
  expect(await db.query('SELECT meeting_id, name, last_seq, last_change FROM rooms ORDER BY meeting_id')).toEqual([
    { meeting_id: 1, name: 'With a room', last_seq: 3, last_change: 6 },
    { meeting_id: 2, name: 'Without', last_seq: 2, last_change: 2 },
  ])
  expect(await db.query('SELECT room_id, account_id, read_seq FROM room_members ORDER BY room_id, account_id')).toEqual(
    [
      { room_id: 1, account_id: 1, read_seq: 2 },
      { room_id: 1, account_id: 2, read_seq: 1 },
      { room_id: 2, account_id: 1, read_seq: 2 },
      { room_id: 2, account_id: 2, read_seq: 2 },
    ],
  )
  const [found] = await db.query<{ id: number }>(`SELECT id FROM room_messages WHERE content = 'second'`)
  const [frame] = await db.query<{ data: string }>(`SELECT data FROM signalling_messages WHERE type = 'chat'`)
  expect(JSON.parse(frame?.data ?? '')).toEqual({ message_id: found?.id, seq: 2, user_id: 2 })
})
