import type { Sql } from '#kernel/db/migrate.ts'

/** What the kernel keeps: jobs, and events too large for a NOTIFY. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE jobs (
      id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      kind         text NOT NULL,
      -- Whom it is for, if anybody; no foreign key, because the kernel knows no accounts.
      account_id   bigint,
      state        text NOT NULL DEFAULT 'queued'
                   CHECK (state IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
      progress     smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
      input        jsonb NOT NULL,
      output       jsonb,
      -- {code, message} of the last attempt that failed.
      error        jsonb,
      attempts     integer NOT NULL DEFAULT 0,
      -- Two unfinished jobs of one kind never share a key.
      key          text,
      run_at       timestamptz NOT NULL DEFAULT now(),
      -- Who works on it, and until when it must say again that it does.
      worker       uuid,
      lease_until  timestamptz,
      created_at   timestamptz NOT NULL DEFAULT now(),
      started_at   timestamptz,
      completed_at timestamptz
    ) WITH (fillfactor = 80);
    CREATE INDEX jobs_ready ON jobs (kind, run_at, id) WHERE state = 'queued';
    -- Not on lease_until: a heartbeat then changes no index.
    CREATE INDEX jobs_processing ON jobs (kind) WHERE state = 'processing';
    CREATE INDEX jobs_by_account ON jobs (account_id, id);
    CREATE INDEX jobs_finished ON jobs (completed_at) WHERE completed_at IS NOT NULL;
    CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE key IS NOT NULL AND state IN ('queued', 'processing');

    CREATE UNLOGGED TABLE bus_spill (
      id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      event      jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );
  `)
}
