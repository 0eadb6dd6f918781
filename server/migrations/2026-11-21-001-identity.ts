import type { Sql } from '#kernel/db/migrate.ts'

/** Accounts, the sessions signed in to them, refresh tokens, password resets, and the record of security events. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE accounts (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
      email text NOT NULL CHECK (char_length(email) BETWEEN 1 AND 254),
      login text NOT NULL CHECK (char_length(login) BETWEEN 1 AND 64),
      display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 100),
      role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
      plan text NOT NULL DEFAULT 'free',
      status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'banned', 'deleted')),
      -- A ban without an end stays until somebody lifts it; one whose end has passed counts as lifted.
      banned_until timestamptz,
      ban_reason text,
      avatar_url text,
      matrix_id text,
      time_zone text NOT NULL,
      locale text CHECK (locale IN ('zh-TW', 'zh-CN', 'en')),
      -- Empty once the account is deleted.
      password_hash text NOT NULL,
      api_key_hash bytea NOT NULL UNIQUE,
      api_key_sealed bytea NOT NULL,
      -- Where the account last signed in at (scheme and host), for links in mails that no forged Host header can bend.
      origin text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      last_login_at timestamptz
    );
    CREATE UNIQUE INDEX accounts_login_key ON accounts (lower(login));
    CREATE UNIQUE INDEX accounts_email_key ON accounts (lower(email));
    CREATE INDEX accounts_admins ON accounts (id) WHERE role = 'admin';

    CREATE TABLE account_sessions (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz,
      revoked_reason text,
      address text NOT NULL,
      user_agent text NOT NULL
    );
    CREATE INDEX account_sessions_live ON account_sessions (account_id) WHERE revoked_at IS NULL;
    CREATE INDEX account_sessions_expiry ON account_sessions (expires_at);

    CREATE TABLE refresh_tokens (
      token_hash bytea PRIMARY KEY,
      session_id uuid NOT NULL REFERENCES account_sessions ON DELETE CASCADE,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      used_at timestamptz
    );
    CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
    CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

    CREATE TABLE password_resets (
      token_hash bytea PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts ON DELETE CASCADE,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      used_at timestamptz
    );
    CREATE INDEX password_resets_account ON password_resets (account_id);

    CREATE TABLE account_audit (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL,
      event text NOT NULL,
      -- Whom it is about, and who did it; null where nobody is known (a failed sign-in, the command line).
      account_id integer,
      actor_id integer,
      address text NOT NULL,
      user_agent text NOT NULL,
      details jsonb NOT NULL DEFAULT '{}'
    );
    CREATE INDEX account_audit_account ON account_audit (account_id, id DESC);
    CREATE INDEX account_audit_event ON account_audit (event, id DESC);
    CREATE INDEX account_audit_at ON account_audit (at);
  `)
}
