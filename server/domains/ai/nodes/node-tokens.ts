import { createHash, timingSafeEqual } from 'node:crypto'
import type { Database } from '#kernel/db/database.ts'
import { randomToken } from '#kernel/ids.ts'
import { faults } from '../faults.ts'

/** A token with which machines register, without the token. */
export interface NodeToken {
  readonly id: number
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly nodes: readonly string[]
}

interface Row {
  id: number
  name: string
  hash: Buffer
  created_at: Date
  last_used_at: Date | null
  nodes: string[]
}

export type NodeTokens = ReturnType<typeof createNodeTokens>

const PREFIX = 'cfn_'
const LENGTH = 40

/** Tokens of nodes; only their hashes are kept. */
export function createNodeTokens(db: Database) {
  return {
    async list(): Promise<NodeToken[]> {
      const rows = await db.query<Row>(`
        SELECT t.*, coalesce(array_agg(n.id ORDER BY n.id) FILTER (WHERE n.id IS NOT NULL), '{}') AS nodes
        FROM ai_node_tokens t LEFT JOIN ai_nodes n ON n.token_id = t.id
        GROUP BY t.id ORDER BY t.id`)
      return rows.map(viewOf)
    },

    /** The only time that the token itself is told. */
    async create(name: string): Promise<NodeToken & { token: string }> {
      const token = PREFIX + randomToken(LENGTH)
      const [row] = await db.query<Row>(
        `INSERT INTO ai_node_tokens (name, hash) VALUES ($1, $2) RETURNING *, '{}'::text[] AS nodes`,
        [name, hashOf(token)],
      )
      if (row === undefined) throw new Error('a token was not inserted')
      return { ...viewOf(row), token }
    },

    /** Forgets it with the nodes that registered by it; resolves with their ids. @throws Fault `ai.node-token-missing` */
    async revoke(id: number): Promise<string[]> {
      return await db.transaction(async (tx) => {
        const nodes = await tx.query<{ id: string }>('DELETE FROM ai_nodes WHERE token_id = $1 RETURNING id', [id])
        const gone = await tx.query('DELETE FROM ai_node_tokens WHERE id = $1 RETURNING id', [id])
        if (gone.length === 0) throw faults.tokenMissing(id)
        return nodes.map((node) => node.id)
      })
    },

    /** Whose token it is. @throws Fault `ai.node-token` */
    async idOf(token: string | undefined): Promise<number> {
      if (token === undefined || !token.startsWith(PREFIX)) throw faults.nodeToken()
      const hash = hashOf(token)
      const [row] = await db.prepared<Pick<Row, 'id' | 'hash'>>('SELECT id, hash FROM ai_node_tokens WHERE hash = $1', [
        hash,
      ])
      if (row === undefined || !timingSafeEqual(row.hash, hash)) throw faults.nodeToken()
      return row.id
    },
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const viewOf = ({ id, name, created_at: createdAt, last_used_at: lastUsedAt, nodes }: Row): NodeToken => ({
  id,
  name,
  createdAt,
  lastUsedAt,
  nodes,
})
