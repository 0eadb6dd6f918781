import type { Sql } from '#kernel/db/migrate.ts'

/** Boards, subscriptions to them, the articles seen on them, and the alerts raised. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE boards (
      id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- In the site's own spelling.
      name       text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      -- Validators of the last feed, for conditional requests.
      feed_etag     text,
      feed_modified text,
      polled_at  timestamptz,
      -- Since when push counts are followed without a break; null: the next look at them is silent.
      pushes_since timestamptz,
      pushes_at    timestamptz,
      failures   integer NOT NULL DEFAULT 0,
      failed_at  timestamptz,
      failure    text,
      -- Since when the site says there is no such board.
      gone_at    timestamptz
    );
    CREATE UNIQUE INDEX boards_name ON boards (lower(name));

    -- The site as a whole: since when it cannot be read and when it is tried again.
    CREATE TABLE board_site (
      single     boolean PRIMARY KEY DEFAULT true CHECK (single),
      reason     text,
      since      timestamptz,
      resumes_at timestamptz,
      ok_at      timestamptz
    );
    INSERT INTO board_site DEFAULT VALUES;

    CREATE TABLE alert_subscriptions (
      id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      board_id   integer NOT NULL REFERENCES boards,
      sub_type   text NOT NULL CHECK (sub_type IN ('keyword', 'author', 'pushsum')),
      value      text NOT NULL,
      -- The value as it is matched: two spellings of it are one subscription.
      value_key  text NOT NULL,
      enabled    boolean NOT NULL DEFAULT true,
      -- Since when it watches. 'unsettled': the board could not be read then, so what was on it is told by its time.
      since      timestamptz NOT NULL,
      unsettled  boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT alert_subscriptions_once UNIQUE (account_id, board_id, sub_type, value_key)
    );
    CREATE INDEX alert_subscriptions_by_board ON alert_subscriptions (board_id, updated_at);

    CREATE TABLE articles (
      id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      board_id  integer NOT NULL REFERENCES boards ON DELETE CASCADE,
      -- M.1700000000.A.1B2: the whole of it is the article's name.
      file_name text NOT NULL,
      title     text NOT NULL,
      author    text NOT NULL,
      posted_at timestamptz NOT NULL,
      seen_at   timestamptz NOT NULL,
      -- As the list shows it: -100 to 100; null before the first look.
      pushes    smallint,
      CONSTRAINT articles_once UNIQUE (board_id, file_name)
    ) WITH (fillfactor = 90);
    CREATE INDEX articles_by_board ON articles (board_id, id DESC);
    CREATE INDEX articles_seen ON articles (seen_at);

    CREATE TABLE alerts (
      id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      board      text NOT NULL,
      file_name  text NOT NULL,
      -- 'new': it appeared; 'push', 'boo': its count reached what was asked for.
      kind       text NOT NULL CHECK (kind IN ('new', 'push', 'boo')),
      title      text NOT NULL,
      author     text NOT NULL,
      url        text NOT NULL,
      pushes     smallint,
      -- What of the account's matched, for people to read.
      sub_type   text NOT NULL,
      value      text NOT NULL,
      posted_at  timestamptz NOT NULL,
      created_at timestamptz NOT NULL,
      CONSTRAINT alerts_once UNIQUE (account_id, board, file_name, kind)
    );
    CREATE INDEX alerts_by_account ON alerts (account_id, id DESC);
    CREATE INDEX alerts_by_age ON alerts (created_at);
  `)
}
