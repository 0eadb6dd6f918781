import type { Sql } from '#kernel/db/migrate.ts'

/** Live streams of meetings. Where one is pushed to is kept without its key, which nobody needs after it began. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE streams (
      id          text PRIMARY KEY,
      meeting_id  integer NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
      -- who started it
      account_id  integer NOT NULL REFERENCES accounts (id),
      type        text NOT NULL CHECK (type IN ('rtmp', 'hls')),
      status      text NOT NULL DEFAULT 'starting'
                  CHECK (status IN ('starting', 'live', 'reconnecting', 'ended', 'failed')),
      layout      text NOT NULL CHECK (layout IN ('grid', 'speaker')),
      quality     text NOT NULL CHECK (quality IN ('low', 'medium', 'high')),
      rtmp_target text,
      -- the machine whose media engine hands the tracks on
      node        text NOT NULL,
      error       text,
      -- measured, as of its end
      bitrate        bigint NOT NULL DEFAULT 0,
      frame_rate     double precision NOT NULL DEFAULT 0,
      dropped_frames integer NOT NULL DEFAULT 0,
      reconnects     integer NOT NULL DEFAULT 0,
      started_at  timestamptz NOT NULL DEFAULT now(),
      stopped_at  timestamptz
    );
    -- One of each type at a time.
    CREATE UNIQUE INDEX streams_running ON streams (meeting_id, type) WHERE stopped_at IS NULL;
    CREATE INDEX streams_of_meeting ON streams (meeting_id, started_at DESC);
    CREATE INDEX streams_of_account ON streams (account_id);
  `)
}
