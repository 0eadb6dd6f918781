import type { Sql } from '#kernel/db/migrate.ts'

/** Phone calls, the sockets they are asked for on, tickets that open those, and what limits them. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE calls (
      id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      -- The client's own name for it.
      call_id     text NOT NULL,
      to_number   text NOT NULL,
      country     text NOT NULL,
      message     text NOT NULL,
      status      text NOT NULL DEFAULT 'queued' CHECK (status IN
                  ('queued', 'dialing', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer', 'failed', 'canceled')),
      reason      text,
      sip_code    integer,
      carrier     text,
      carrier_ref text,
      attempts    integer NOT NULL DEFAULT 0,
      -- Not dialled before this.
      due_at      timestamptz NOT NULL,
      -- Who makes it, and until when they must say again that they do.
      worker      uuid,
      lease_until timestamptz,
      canceled    boolean NOT NULL DEFAULT false,
      digits      text,
      transcript  text,
      created_at  timestamptz NOT NULL,
      dialing_at  timestamptz,
      ringing_at  timestamptz,
      answered_at timestamptz,
      ended_at    timestamptz,
      updated_at  timestamptz NOT NULL,
      CONSTRAINT calls_once UNIQUE (account_id, call_id)
    ) WITH (fillfactor = 80);
    CREATE INDEX calls_of_account ON calls (account_id, id DESC);
    CREATE INDEX calls_by_destination ON calls (to_number, created_at);
    CREATE INDEX calls_by_account_age ON calls (account_id, created_at);
    CREATE INDEX calls_by_age ON calls (created_at);
    CREATE INDEX calls_waiting ON calls (due_at) WHERE status = 'queued';
    CREATE INDEX calls_active ON calls (account_id) WHERE status IN ('dialing', 'ringing', 'in_progress');

    CREATE TABLE call_sessions (
      id          uuid PRIMARY KEY,
      account_id  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      -- The process that holds the socket, and until when it vouches for it.
      node        uuid NOT NULL,
      alive_until timestamptz NOT NULL,
      created_at  timestamptz NOT NULL,
      last_seen   timestamptz NOT NULL,
      closed_at   timestamptz
    ) WITH (fillfactor = 80);
    CREATE INDEX call_sessions_of_account ON call_sessions (account_id, last_seen DESC);
    CREATE INDEX call_sessions_open ON call_sessions (node) WHERE closed_at IS NULL;
    CREATE INDEX call_sessions_closed ON call_sessions (closed_at) WHERE closed_at IS NOT NULL;

    -- A ticket is kept as a hash; the credential it stands for, sealed.
    CREATE TABLE socket_tickets (
      ticket_hash bytea PRIMARY KEY,
      account_id  integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      credential  bytea NOT NULL,
      expires_at  timestamptz NOT NULL
    );
    CREATE INDEX socket_tickets_expiry ON socket_tickets (expires_at);

    -- What an admin changed; one row.
    CREATE TABLE call_limits (
      id         boolean PRIMARY KEY DEFAULT true CHECK (id),
      changes    jsonb NOT NULL,
      updated_at timestamptz NOT NULL,
      updated_by integer
    );

    CREATE TABLE never_call_numbers (
      number     text PRIMARY KEY,
      reason     text NOT NULL,
      created_at timestamptz NOT NULL,
      created_by integer
    );
  `)
}
