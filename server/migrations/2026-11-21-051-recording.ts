import type { Sql } from '#kernel/db/migrate.ts'

/** Recordings of meetings, and the tracks they are made of. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE recordings (
      id         text PRIMARY KEY,
      meeting_id integer NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
      -- who pressed record, and keeps the file
      account_id integer NOT NULL REFERENCES accounts (id),
      -- recording: tracks are written; processing: one file is made of them
      status     text NOT NULL DEFAULT 'recording' CHECK (status IN ('recording', 'processing', 'completed', 'failed')),
      format     text NOT NULL CHECK (format IN ('mp4', 'webm', 'mkv')),
      layout     text NOT NULL CHECK (layout IN ('grid', 'speaker')),
      quality    text NOT NULL CHECK (quality IN ('low', 'medium', 'high')),
      -- the machine whose media engine hands the tracks on
      node       text NOT NULL,
      file_id    text REFERENCES media_files (id) ON DELETE SET NULL,
      job_id     bigint,
      error      text,
      started_at timestamptz NOT NULL DEFAULT now(),
      stopped_at timestamptz
    );
    -- A meeting is recorded once at a time.
    CREATE UNIQUE INDEX recordings_running ON recordings (meeting_id) WHERE status = 'recording';
    CREATE INDEX recordings_of_meeting ON recordings (meeting_id, started_at DESC);
    CREATE INDEX recordings_of_account ON recordings (account_id, started_at DESC);

    CREATE TABLE recording_tracks (
      recording_id text NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
      number       integer NOT NULL,
      account_id   integer NOT NULL,
      kind         text NOT NULL CHECK (kind IN ('audio', 'video')),
      source       text NOT NULL,
      codec        text NOT NULL,
      -- a person's sound as a file of its own
      file_id      text REFERENCES media_files (id) ON DELETE SET NULL,
      PRIMARY KEY (recording_id, number)
    );
  `)
}
