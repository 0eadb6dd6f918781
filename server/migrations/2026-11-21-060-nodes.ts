import type { Sql } from '#kernel/db/migrate.ts'

/** Other machines and programs that do inference, and the tokens with which machines register. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE ai_node_tokens (
      id           integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
      name         text NOT NULL,
      -- SHA-256 of the token, which is random and long
      hash         bytea NOT NULL UNIQUE,
      created_at   timestamptz NOT NULL DEFAULT now(),
      last_used_at timestamptz
    );

    CREATE TABLE ai_nodes (
      id         text PRIMARY KEY,
      -- confab: the same program, which registered itself; openai: another program's API, which an admin added
      kind       text NOT NULL CHECK (kind IN ('confab', 'openai')),
      name       text NOT NULL,
      address    text NOT NULL,
      -- what we show to it, sealed: the key of this start of a confab node, or an API key
      key        bytea,
      token_id   integer REFERENCES ai_node_tokens (id) ON DELETE CASCADE,
      -- what an openai node transcribes with
      model      text,
      version    text,
      -- what a confab node last said of itself
      report     jsonb,
      seen_at    timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      CHECK ((kind = 'confab') = (token_id IS NOT NULL)),
      CHECK ((kind = 'openai') = (model IS NOT NULL))
    );
    CREATE INDEX ai_nodes_of_token ON ai_nodes (token_id) WHERE token_id IS NOT NULL;
  `)
}
