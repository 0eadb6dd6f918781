import type { Sql } from '#kernel/db/migrate.ts'

/** Schedules, which may not overlap within one account, and the private addresses of calendars. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE EXTENSION IF NOT EXISTS btree_gist;

    CREATE TABLE schedules (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
      description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 10000),
      -- From its start up to, not including, its end: touching schedules do not overlap.
      during tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
                                       AND NOT lower_inf(during) AND NOT upper_inf(during)),
      all_day boolean NOT NULL DEFAULT false,
      -- Whether its owner means it to take up their time.
      busy boolean NOT NULL DEFAULT true,
      -- Whether it does: a meeting somebody else put there gives way to what stood there before it.
      blocks boolean NOT NULL DEFAULT true CHECK (busy OR NOT blocks),
      -- The meeting it stands for; no foreign key, because meetings are another domain's.
      meeting_id integer,
      -- Taken out of the calendar by its owner, though the meeting goes on.
      dismissed boolean NOT NULL DEFAULT false,
      reminder_minutes integer CHECK (reminder_minutes BETWEEN 0 AND 40320),
      -- When the reminder is due; null when there is none, or it has been given.
      remind_at timestamptz,
      -- Identity across calendars (RFC 5545 UID, and the start of one occurrence of a series).
      uid text NOT NULL DEFAULT gen_random_uuid()::text CHECK (char_length(uid) <= 400),
      occurrence text NOT NULL DEFAULT '',
      -- RFC 5545 SEQUENCE: how often it was changed.
      revision integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      -- Everything that blocks is in slot 0, everything else in a slot of its own, so that one index both forbids
      -- overlaps and finds what is in a month.
      slot integer NOT NULL GENERATED ALWAYS AS (CASE WHEN blocks THEN 0 ELSE id END) STORED,
      CONSTRAINT schedules_overlap EXCLUDE USING gist (account_id WITH =, during WITH &&, slot WITH =),
      CONSTRAINT schedules_uid UNIQUE (account_id, uid, occurrence)
    );
    CREATE UNIQUE INDEX schedules_meeting ON schedules (meeting_id, account_id) WHERE meeting_id IS NOT NULL;
    CREATE INDEX schedules_reminders ON schedules (remind_at) WHERE remind_at IS NOT NULL;

    CREATE TABLE calendar_feeds (
      account_id integer PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
      token_hash bytea NOT NULL UNIQUE,
      created_at timestamptz NOT NULL DEFAULT now()
    );
  `)
}
