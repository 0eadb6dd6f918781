import type { Sql } from '#kernel/db/migrate.ts'

/** The library: what people uploaded, and what jobs and recordings made. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE media_files (
      -- unguessable, and part of links
      id          text PRIMARY KEY,
      account_id  integer NOT NULL REFERENCES accounts (id),
      meeting_id  integer REFERENCES meetings (id) ON DELETE SET NULL,
      name        text NOT NULL,
      description text NOT NULL DEFAULT '',
      kind        text NOT NULL CHECK (kind IN ('video', 'audio', 'image', 'document')),
      mime        text NOT NULL,
      size        bigint NOT NULL,
      -- seconds
      duration    double precision,
      width       integer,
      height      integer,
      -- what the probe saw: container and streams
      info        jsonb,
      storage_key text NOT NULL UNIQUE,
      preview_key text UNIQUE,
      source_id   text REFERENCES media_files (id) ON DELETE SET NULL,
      -- which output of which job it is: a job that runs twice makes it once
      job_id      bigint,
      job_output  smallint,
      created_at  timestamptz NOT NULL DEFAULT now(),
      UNIQUE (job_id, job_output)
    );
    CREATE INDEX media_files_of_account ON media_files (account_id, created_at DESC, id DESC);
    CREATE INDEX media_files_of_meeting ON media_files (meeting_id, created_at DESC) WHERE meeting_id IS NOT NULL;
    CREATE INDEX media_files_of_source ON media_files (source_id) WHERE source_id IS NOT NULL;
  `)
}
