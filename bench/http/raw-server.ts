// The peer: nothing but node:http, the same token check and the same statements as `GET /api/auth/me`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createVerifier } from 'fast-jwt'
import { Pool } from 'pg'
import { openSecrets } from '#kernel/secrets.ts'

const BY_SESSION = `SELECT a.id, a.email, a.role, a.status, a.created_at, s.expires_at, s.revoked_at
  FROM account_sessions s JOIN accounts a ON a.id = s.account_id WHERE s.id = $1`
const BINDINGS = 'SELECT service FROM notification_bindings WHERE account_id = $1'

const secrets = openSecrets({ dataDir: process.env['CONFAB_DATA_DIR'] ?? '', given: undefined })
const verify = createVerifier({ key: secrets.derive('jwt'), algorithms: ['HS256'], cache: false })
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })

async function me(authorization: string): Promise<string> {
  const claims = verify(authorization.slice('Bearer '.length)) as { sid: string }
  const found = await pool.query({ name: 'session', text: BY_SESSION, values: [claims.sid] })
  const account = found.rows[0] as { id: number; email: string; role: string; status: string; created_at: Date }
  const bindings = await pool.query({ name: 'bindings', text: BINDINGS, values: [account.id] })
  const bound = new Set((bindings.rows as { service: string }[]).map((row) => row.service))
  return JSON.stringify({
    id: account.id,
    email: account.email,
    role: account.role,
    bindings: { telegram: bound.has('telegram'), line: bound.has('line'), discord: bound.has('discord') },
    enabled: account.status === 'active',
    created_at: account.created_at.toISOString(),
  })
}

const server = createServer((request, response) => {
  me(request.headers.authorization ?? '').then(
    (body) => {
      response.setHeader('content-type', 'application/json; charset=utf-8')
      response.end(body)
    },
    (error: unknown) => {
      response.statusCode = 500
      response.end(String(error))
    },
  )
})
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))
