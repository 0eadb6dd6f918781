import type { Sql } from '#kernel/db/migrate.ts'

/** What each person named to a meeting was last told of it, so that whoever was told of it is told when it changes. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE meeting_invitations (
      -- No foreign key: that a meeting was deleted has to be told too.
      meeting_id integer NOT NULL,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      -- RFC 5545: the event's UID, and the SEQUENCE last told.
      uid text NOT NULL,
      sequence integer NOT NULL DEFAULT 0,
      cancelled boolean NOT NULL DEFAULT false,
      title text NOT NULL,
      description text NOT NULL,
      start_time timestamptz NOT NULL,
      end_time timestamptz NOT NULL,
      host_name text NOT NULL,
      told_at timestamptz NOT NULL,
      PRIMARY KEY (meeting_id, account_id)
    );
    CREATE INDEX meeting_invitations_account ON meeting_invitations (account_id);
    CREATE INDEX meeting_invitations_open ON meeting_invitations (end_time) WHERE NOT cancelled;
  `)
}
