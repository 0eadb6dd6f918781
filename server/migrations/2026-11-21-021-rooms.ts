import type { Sql } from '#kernel/db/migrate.ts'

/** Chat rooms: members, messages, reactions, invite links. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE rooms (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL CHECK (char_length(name) <= 100),
      kind text NOT NULL DEFAULT 'group' CHECK (kind IN ('group', 'direct', 'meeting')),
      -- The meeting whose chat this is; no foreign key, because meetings are another domain's.
      meeting_id integer UNIQUE,
      -- The two accounts of a direct room, smaller first: there is one room for two people.
      direct_key text UNIQUE,
      created_by integer REFERENCES accounts ON DELETE SET NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      -- The last message's number, and the number of the last change of any message: posting, editing, deleting, reacting.
      last_seq integer NOT NULL DEFAULT 0,
      last_change integer NOT NULL DEFAULT 0,
      last_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 70);

    CREATE TABLE room_members (
      room_id integer NOT NULL REFERENCES rooms ON DELETE CASCADE,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member')),
      joined_at timestamptz NOT NULL DEFAULT now(),
      -- Up to which message they have read.
      read_seq integer NOT NULL DEFAULT 0,
      PRIMARY KEY (room_id, account_id)
    ) WITH (fillfactor = 80);
    CREATE INDEX room_members_account ON room_members (account_id);

    CREATE TABLE room_messages (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      room_id integer NOT NULL REFERENCES rooms ON DELETE CASCADE,
      -- 1, 2, 3 … within the room, without gaps: deleted messages keep their number.
      seq integer NOT NULL,
      -- The number of the last change of this message within the room.
      change integer NOT NULL,
      sender_id integer REFERENCES accounts ON DELETE SET NULL,
      content text NOT NULL CHECK (char_length(content) <= 10000),
      -- What the sender calls it, so that sending it again after a lost answer does not post it twice.
      client_key text CHECK (char_length(client_key) <= 64),
      reply_to integer,
      mentions integer[] NOT NULL DEFAULT '{}',
      -- Every pair of neighbouring characters, hashed: finds words in languages that put no blanks between them.
      grams integer[] NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      edited_at timestamptz,
      deleted_at timestamptz
    );
    CREATE UNIQUE INDEX room_messages_seq ON room_messages (room_id, seq);
    CREATE INDEX room_messages_change ON room_messages (room_id, change);
    CREATE UNIQUE INDEX room_messages_client_key ON room_messages (sender_id, room_id, client_key)
      WHERE client_key IS NOT NULL;
    CREATE INDEX room_messages_grams ON room_messages USING gin (grams);
    CREATE INDEX room_messages_mentions ON room_messages USING gin (mentions) WHERE mentions <> '{}';

    CREATE TABLE room_reactions (
      message_id integer NOT NULL REFERENCES room_messages ON DELETE CASCADE,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      emoji text NOT NULL CHECK (char_length(emoji) BETWEEN 1 AND 32),
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (message_id, emoji, account_id)
    );

    CREATE TABLE room_invites (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      room_id integer NOT NULL REFERENCES rooms ON DELETE CASCADE,
      token_hash bytea NOT NULL UNIQUE,
      created_by integer REFERENCES accounts ON DELETE CASCADE,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      most_uses integer CHECK (most_uses > 0),
      uses integer NOT NULL DEFAULT 0
    );
    CREATE INDEX room_invites_room ON room_invites (room_id);
  `)
}
