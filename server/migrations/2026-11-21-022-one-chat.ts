import { gramsOf } from '#kernel/grams.ts'
import type { Sql } from '#kernel/db/migrate.ts'

interface Line {
  id: number
  content: string
  room_id: number
  account_id: number
  created_at: Date
  client_key: string
}

const AT_ONCE = 1_000

/**
 * A meeting's chat is its room's, and nowhere else: what was kept beside the rooms goes into them. Messages bring files.
 */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    ALTER TABLE room_messages ADD COLUMN files jsonb NOT NULL DEFAULT '[]';

    INSERT INTO rooms (name, kind, meeting_id, created_at)
    SELECT CASE WHEN btrim(m.title) = '' THEN '#' ELSE left(m.title, 100) END, 'meeting', m.id, m.created_at FROM meetings AS m
    WHERE NOT EXISTS (SELECT 1 FROM rooms AS r WHERE r.meeting_id = m.id)
      AND EXISTS (SELECT 1 FROM meeting_messages AS l WHERE l.meeting_id = m.id);

    -- Who belongs to them: named by a host, let in once, or with something to decide.
    INSERT INTO room_members (room_id, account_id)
    SELECT r.id, p.account_id FROM rooms AS r JOIN meeting_participants AS p ON p.meeting_id = r.meeting_id
    WHERE NOT p.removed AND (p.invited OR p.first_joined_at IS NOT NULL OR p.role <> 'participant')
    ON CONFLICT DO NOTHING;
  `)
  // Nearly all of them are in the rooms already, under this key.
  for (let after = 0; ;) {
    const lines = await sql<Line>(
      `SELECT l.id, l.content, r.id AS room_id, l.account_id, l.created_at, 'meeting:' || l.id AS client_key
       FROM meeting_messages AS l JOIN rooms AS r ON r.meeting_id = l.meeting_id
       WHERE l.id > $1 AND NOT EXISTS (SELECT 1 FROM room_messages AS m WHERE m.sender_id = l.account_id
         AND m.room_id = r.id AND m.client_key = 'meeting:' || l.id)
       ORDER BY l.id LIMIT ${AT_ONCE}`,
      [after],
    )
    if (lines.length === 0) break
    after = lines.at(-1)?.id ?? 0
    await sql(
      `WITH line AS (
         SELECT i.*, row_number() OVER (PARTITION BY i.room_id ORDER BY i.id)::int AS nth
         FROM jsonb_to_recordset($1::jsonb) AS i(id int, content text, room_id int, account_id int,
           created_at timestamptz, client_key text, grams int[])
       ), numbered AS (
         UPDATE rooms AS r SET last_seq = r.last_seq + n.count, last_change = r.last_change + n.count
         FROM (SELECT room_id, count(*)::int FROM line GROUP BY room_id) AS n
         WHERE r.id = n.room_id RETURNING r.id, r.last_seq - n.count AS seq, r.last_change - n.count AS change
       )
       INSERT INTO room_messages (room_id, seq, change, sender_id, content, client_key, grams, created_at)
       SELECT l.room_id, n.seq + l.nth, n.change + l.nth, l.account_id, l.content, l.client_key, l.grams, l.created_at
       FROM line AS l JOIN numbered AS n ON n.id = l.room_id`,
      [JSON.stringify(lines.map((line) => ({ ...line, grams: gramsOf(line.content) })))],
    )
  }
  await sql(`
    -- Rooms that were made just now begin with nothing unread.
    UPDATE room_members AS o SET read_seq = r.last_seq FROM rooms AS r
    WHERE r.id = o.room_id AND r.kind = 'meeting' AND o.joined_at = now();
    UPDATE rooms AS r SET last_at = m.created_at FROM room_messages AS m
    WHERE r.kind = 'meeting' AND m.room_id = r.id AND m.seq = r.last_seq;

    -- The history of signalling names the message, and does not repeat it.
    UPDATE signalling_messages AS s
    SET data = (s.data::jsonb - 'content' || jsonb_build_object('message_id', m.id, 'seq', m.seq))::text
    FROM rooms AS r JOIN room_messages AS m ON m.room_id = r.id
    WHERE s.type = 'chat' AND r.meeting_id = s.meeting_id AND m.sender_id = s.from_id
      AND m.client_key = 'meeting:' || (s.data::jsonb ->> 'message_id');

    DROP TABLE meeting_messages;
    ALTER TABLE meetings DROP COLUMN message_seq;
  `)
}
