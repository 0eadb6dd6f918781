import type { Sql } from '#kernel/db/migrate.ts'

/** Conversations with a language model. Messages form a tree; `leaf_id` says which branch is shown. */
export async function up(sql: Sql): Promise<void> {
  await sql(`
    CREATE TABLE conversations (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      account_id integer NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
      title text NOT NULL,
      -- first: from the first message; model: written by it; user: chosen, never written over
      title_source text NOT NULL DEFAULT 'first' CHECK (title_source IN ('first', 'model', 'user')),
      model text,
      system_prompt text,
      pinned boolean NOT NULL DEFAULT false,
      leaf_id bigint,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX conversations_of_account ON conversations (account_id, pinned DESC, updated_at DESC, id DESC);

    CREATE TABLE chat_messages (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      conversation_id integer NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
      parent_id bigint REFERENCES chat_messages (id) ON DELETE CASCADE,
      role text NOT NULL CHECK (role IN ('user', 'assistant')),
      content text NOT NULL,
      status text NOT NULL CHECK (status IN ('complete', 'streaming', 'stopped', 'failed', 'interrupted')),
      error text,
      model text,
      tokens integer,
      -- pairs of neighbouring characters, for search in any language
      grams integer[] NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX chat_messages_of_conversation ON chat_messages (conversation_id, id);
    CREATE INDEX chat_messages_of_parent ON chat_messages (parent_id);
    CREATE INDEX chat_messages_streaming ON chat_messages (updated_at) WHERE status = 'streaming';
    CREATE INDEX chat_messages_grams ON chat_messages USING gin (grams);
    ALTER TABLE conversations ADD FOREIGN KEY (leaf_id) REFERENCES chat_messages (id) ON DELETE SET NULL;

    CREATE TABLE chat_settings (
      account_id integer PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
      system_prompt text
    );
  `)
}
