import type { NodeReport } from '#contracts/schemas/ai.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Secrets } from '#kernel/secrets.ts'

/** A node as it is written down. */
export interface NodeRow {
  readonly id: string
  readonly kind: 'confab' | 'openai'
  readonly name: string
  readonly address: string
  /** What is shown to it; null where it wants none. */
  readonly key: string | null
  readonly tokenId: number | null
  readonly model: string | null
  readonly version: string | null
  readonly report: NodeReport | null
  readonly seenAt: Date | null
}

interface Stored {
  id: string
  kind: 'confab' | 'openai'
  name: string
  address: string
  key: Buffer | null
  token_id: number | null
  model: string | null
  version: string | null
  report: NodeReport | null
  seen_at: Date | null
}

export type NodeStore = ReturnType<typeof createNodeStore>

/** The table of nodes; keys lie in it sealed. */
export function createNodeStore(db: Database, secrets: Secrets) {
  const context = (id: string): string => `ai-node/${id}`
  const rowOf = (stored: Stored): NodeRow => ({
    id: stored.id,
    kind: stored.kind,
    name: stored.name,
    address: stored.address,
    key: stored.key === null ? null : secrets.open(stored.key, context(stored.id)),
    tokenId: stored.token_id,
    model: stored.model,
    version: stored.version,
    report: stored.report,
    seenAt: stored.seen_at,
  })

  return {
    list: async (): Promise<NodeRow[]> => (await db.prepared<Stored>('SELECT * FROM ai_nodes ORDER BY id')).map(rowOf),

    /** A node that registers, anew or again; false where another token, or another kind, has its id. */
    async register(node: {
      id: string
      address: string
      key: string
      tokenId: number
      version: string
      report: NodeReport
    }): Promise<boolean> {
      const { id, address, key, tokenId, version, report } = node
      const rows = await db.query(
        `INSERT INTO ai_nodes (id, kind, name, address, key, token_id, version, report, seen_at)
         VALUES ($1, 'confab', $1, $2, $3, $4, $5, $6, now())
         ON CONFLICT (id) DO UPDATE SET address = $2, key = $3, version = $5, report = $6, seen_at = now()
           WHERE ai_nodes.token_id = $4
         RETURNING id`,
        [id, address, secrets.seal(key, context(id)), tokenId, version, JSON.stringify(report)],
      )
      await db.query('UPDATE ai_node_tokens SET last_used_at = now() WHERE id = $1', [tokenId])
      return rows.length > 0
    },

    /** False where it is not known. */
    async beat(id: string, tokenId: number, report: NodeReport): Promise<boolean> {
      const rows = await db.prepared(
        'UPDATE ai_nodes SET report = $3, seen_at = now() WHERE id = $1 AND token_id = $2 RETURNING id',
        [id, tokenId, JSON.stringify(report)],
      )
      return rows.length > 0
    },

    /** It is not there any more, until it registers again. */
    async leave(id: string, tokenId: number): Promise<void> {
      await db.query('UPDATE ai_nodes SET seen_at = NULL WHERE id = $1 AND token_id = $2', [id, tokenId])
    },

    /** False where the id is taken. */
    async add(node: {
      id: string
      name: string
      address: string
      key: string | null
      model: string
    }): Promise<boolean> {
      const { id, name, address, key, model } = node
      const rows = await db.query(
        `INSERT INTO ai_nodes (id, kind, name, address, key, model) VALUES ($1, 'openai', $2, $3, $4, $5)
         ON CONFLICT (id) DO NOTHING RETURNING id`,
        [id, name, address, key === null ? null : secrets.seal(key, context(id)), model],
      )
      return rows.length > 0
    },

    async remove(id: string): Promise<boolean> {
      return (await db.query('DELETE FROM ai_nodes WHERE id = $1 RETURNING id', [id])).length > 0
    },
  }
}
