import type { Sql } from '#kernel/db/migrate.ts'

/** Meetings, who belongs to them, their chat, and the signalling sessions and frames of their rooms. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE meetings (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      creator_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 100),
      description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 500),
      start_time timestamptz NOT NULL,
      end_time timestamptz NOT NULL,
      max_participants integer NOT NULL CHECK (max_participants BETWEEN 1 AND 1000),
      meeting_type text NOT NULL CHECK (meeting_type IN ('video', 'audio')),
      status text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'ongoing', 'ended', 'cancelled')),
      password_hash text,
      enable_recording boolean NOT NULL,
      enable_chat boolean NOT NULL,
      enable_screen_share boolean NOT NULL,
      enable_waiting_room boolean NOT NULL,
      mute_on_join boolean NOT NULL,
      locked boolean NOT NULL DEFAULT false,
      -- Highest seq of its chat.
      message_seq integer NOT NULL DEFAULT 0,
      started_at timestamptz,
      ended_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK (end_time > start_time)
    );
    CREATE INDEX meetings_creator ON meetings (creator_id);
    CREATE INDEX meetings_open ON meetings (end_time) WHERE status IN ('scheduled', 'ongoing');

    CREATE TABLE meeting_participants (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      meeting_id integer NOT NULL REFERENCES meetings ON DELETE CASCADE,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      -- What they may do now; a stand-in for an absent host has 'host' here and something else in standing_role.
      role text NOT NULL CHECK (role IN ('host', 'moderator', 'participant')),
      -- What they were made, and are again when they come back.
      standing_role text NOT NULL CHECK (standing_role IN ('host', 'moderator', 'participant')),
      status text NOT NULL DEFAULT 'offline' CHECK (status IN ('online', 'offline', 'waiting')),
      waiting_for text CHECK (waiting_for IN ('lobby', 'host')),
      -- A host named them, rather than they came with the number.
      invited boolean NOT NULL DEFAULT false,
      -- While they hold a place or wait for one.
      peer_id uuid UNIQUE,
      -- A place, or a wait, lapses then unless a socket keeps it.
      seat_until timestamptz,
      first_joined_at timestamptz,
      entered_at timestamptz,
      left_at timestamptz,
      -- Sent away from the door: may not ask again before.
      barred_until timestamptz,
      -- Taken out: belongs to it no more, and is not let in until a host adds them again.
      removed boolean NOT NULL DEFAULT false,
      audio_enabled boolean NOT NULL DEFAULT true,
      video_enabled boolean NOT NULL DEFAULT true,
      screen_sharing boolean NOT NULL DEFAULT false,
      video_quality text NOT NULL DEFAULT 'high' CHECK (video_quality IN ('low', 'medium', 'high')),
      hand_raised_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (meeting_id, account_id),
      CHECK ((status = 'waiting') = (waiting_for IS NOT NULL))
    );
    CREATE INDEX meeting_participants_account ON meeting_participants (account_id) WHERE NOT removed;
    CREATE INDEX meeting_participants_seats ON meeting_participants (seat_until) WHERE seat_until IS NOT NULL;

    CREATE TABLE meeting_messages (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      meeting_id integer NOT NULL REFERENCES meetings ON DELETE CASCADE,
      seq integer NOT NULL,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      content text NOT NULL CHECK (char_length(content) BETWEEN 1 AND 1000),
      created_at timestamptz NOT NULL,
      UNIQUE (meeting_id, seq)
    );

    -- Which machine a meeting's room lives on, and until when that machine has spoken for it.
    CREATE TABLE meeting_rooms (
      meeting_id integer PRIMARY KEY REFERENCES meetings ON DELETE CASCADE,
      node text NOT NULL,
      opened_at timestamptz NOT NULL,
      lease_until timestamptz NOT NULL
    );
    CREATE INDEX meeting_rooms_node ON meeting_rooms (node);

    CREATE TABLE signalling_sessions (
      id uuid PRIMARY KEY,
      meeting_id integer NOT NULL REFERENCES meetings ON DELETE CASCADE,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      peer_id uuid NOT NULL,
      node text NOT NULL,
      status text NOT NULL CHECK (status IN ('active', 'suspended', 'closed')),
      connected_at timestamptz NOT NULL,
      last_activity timestamptz NOT NULL,
      closed_at timestamptz,
      audio_enabled boolean NOT NULL,
      video_enabled boolean NOT NULL,
      screen_sharing boolean NOT NULL
    );
    CREATE INDEX signalling_sessions_room ON signalling_sessions (meeting_id, connected_at);
    CREATE INDEX signalling_sessions_open ON signalling_sessions (node) WHERE status <> 'closed';
    CREATE INDEX signalling_sessions_age ON signalling_sessions (closed_at) WHERE closed_at IS NOT NULL;

    CREATE TABLE signalling_messages (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      meeting_id integer NOT NULL REFERENCES meetings ON DELETE CASCADE,
      type text NOT NULL,
      -- 0 is the server; to is null for everybody in the room.
      from_id integer NOT NULL,
      to_id integer,
      -- JSON as it came; text, because jsonb refuses escapes that JSON allows.
      data text NOT NULL,
      created_at timestamptz NOT NULL
    );
    CREATE INDEX signalling_messages_room ON signalling_messages (meeting_id, id);
    CREATE INDEX signalling_messages_age ON signalling_messages (created_at);
  `)
}
