import type { Sql } from '#kernel/db/migrate.ts'

/** Bindings to messengers, the web app's notifications, broadcasts, and the outbox of everything that is sent out. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE notification_bindings (
      id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      service    text NOT NULL CHECK (service IN ('telegram', 'line', 'discord')),
      service_id text NOT NULL,
      enabled    boolean NOT NULL DEFAULT true,
      -- Since when the service refuses messages to it (a blocked bot), and in whose words.
      broken_at     timestamptz,
      broken_reason text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT notification_bindings_account UNIQUE (account_id, service),
      CONSTRAINT notification_bindings_recipient UNIQUE (service, service_id)
    );

    -- Codes are kept as hashes: whoever reads the table cannot bind with it.
    CREATE TABLE binding_codes (
      code_hash  bytea PRIMARY KEY,
      service    text NOT NULL CHECK (service IN ('telegram', 'line', 'discord')),
      -- One of the two is known when the code is made: the account (in the web app) or the chat (in the bot).
      account_id integer REFERENCES accounts ON DELETE CASCADE,
      service_id text,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      CHECK ((account_id IS NULL) <> (service_id IS NULL))
    );
    CREATE INDEX binding_codes_expiry ON binding_codes (expires_at);

    CREATE TABLE notifications (
      id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      kind       text NOT NULL,
      dedupe_key text NOT NULL,
      title      text NOT NULL,
      body       text NOT NULL,
      url        text,
      created_at timestamptz NOT NULL DEFAULT now(),
      read_at    timestamptz,
      CONSTRAINT notifications_once UNIQUE (account_id, dedupe_key)
    );
    CREATE INDEX notifications_by_account ON notifications (account_id, id DESC);
    CREATE INDEX notifications_unread ON notifications (account_id) WHERE read_at IS NULL;
    CREATE INDEX notifications_by_age ON notifications (created_at);

    CREATE TABLE broadcasts (
      id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer REFERENCES accounts ON DELETE SET NULL,
      platforms  text[] NOT NULL,
      content    text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );

    -- The outbox. One row is one call to the service; a long text is several rows, in order.
    CREATE TABLE deliveries (
      id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      service    text NOT NULL CHECK (service IN ('telegram', 'line', 'discord', 'matrix', 'email')),
      recipient  text NOT NULL,
      kind       text NOT NULL,
      notification_id bigint REFERENCES notifications ON DELETE SET NULL,
      broadcast_id    integer REFERENCES broadcasts ON DELETE CASCADE,
      title      text NOT NULL,
      text       text NOT NULL,
      part       smallint NOT NULL DEFAULT 1,
      parts      smallint NOT NULL DEFAULT 1,
      -- By which a service that can do so recognises a message sent twice.
      key        uuid NOT NULL DEFAULT gen_random_uuid(),
      state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'delivered', 'dead', 'cancelled')),
      attempts   smallint NOT NULL DEFAULT 0,
      next_at    timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL,
      -- Why it waits, died or was cancelled: a stable name, and the service's own words.
      reason     text,
      detail     text,
      external_id text,
      created_at  timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz
    ) WITH (fillfactor = 80);
    CREATE INDEX deliveries_queue ON deliveries (service, id) WHERE state = 'queued';
    CREATE INDEX deliveries_waiting ON deliveries (service, recipient, next_at) WHERE state = 'queued';
    CREATE INDEX deliveries_by_account ON deliveries (account_id, id DESC);
    CREATE INDEX deliveries_by_broadcast ON deliveries (broadcast_id, state) WHERE broadcast_id IS NOT NULL;
    CREATE INDEX deliveries_by_notification ON deliveries (notification_id) WHERE notification_id IS NOT NULL;
    CREATE INDEX deliveries_dead ON deliveries (id DESC) WHERE state = 'dead';
    CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;

    -- A service as a whole: until when nothing is sent through it, and why.
    CREATE TABLE delivery_lanes (
      service      text PRIMARY KEY,
      paused_until timestamptz,
      pause_reason text,
      pause_detail text
    );

    -- Who does what only one process may do at a time.
    CREATE TABLE process_leases (
      name   text PRIMARY KEY,
      holder uuid NOT NULL,
      until  timestamptz NOT NULL
    );

    CREATE TABLE matrix_direct_rooms (
      matrix_id text PRIMARY KEY,
      room_id   text NOT NULL
    );
  `)
}
