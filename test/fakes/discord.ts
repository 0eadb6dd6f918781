import { generateKeyPairSync, sign } from 'node:crypto'
import { startFakeServer } from './messenger-server.ts'
import type { FakeServer } from './messenger-server.ts'

/** A Discord API of our own: direct messages with nonces, and slash commands. */
export interface FakeDiscord extends FakeServer {
  readonly sent: { user: string; text: string }[]
  /** Users who take no direct messages. */
  readonly closed: Set<string>
  commands(): unknown
  /** Answers to interactions that came after their request was answered. */
  readonly late: { token: string; text: string }[]
  /** The application's public key, as the developer portal shows it. */
  readonly publicKey: string
  /** The headers Discord sends with an interaction. */
  sign(body: string): Record<string, string>
}

export const DISCORD_TOKEN = 'discord-token'
export const DISCORD_APPLICATION = '1000'

/** Starts a fake. */
export async function startFakeDiscord(): Promise<FakeDiscord> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const sent: FakeDiscord['sent'] = []
  const closed = new Set<string>()
  const nonces = new Map<string, string>()
  let commands: unknown
  const late: FakeDiscord['late'] = []

  const server = await startFakeServer(({ method, path, headers, body }) => {
    const original = new RegExp(`^/webhooks/${DISCORD_APPLICATION}/([^/]+)/messages/@original$`).exec(path)
    if (method === 'PATCH' && original !== null) {
      // The token in the address is what shows who it is.
      late.push({ token: original[1] as string, text: String((body as { content?: unknown } | null)?.content) })
      return { status: 200, body: {} }
    }
    if (headers.authorization !== `Bot ${DISCORD_TOKEN}`)
      return { status: 401, body: { message: '401: Unauthorized', code: 0 } }
    const given = (body ?? {}) as { recipient_id?: string; content?: string; nonce?: string; enforce_nonce?: boolean }
    if (path === '/users/@me/channels') return { status: 200, body: { id: `dm-${given.recipient_id}` } }
    const channel = /^\/channels\/dm-(\w+)\/messages$/.exec(path)
    if (channel !== null) {
      const user = channel[1] as string
      if (closed.has(user)) return { status: 403, body: { message: 'Cannot send messages to this user', code: 50_007 } }
      const text = given.content ?? ''
      if (text === '' || text.length > 2_000)
        return { status: 400, body: { message: 'Invalid Form Body', code: 50_035 } }
      const known = given.enforce_nonce === true ? nonces.get(`${user} ${given.nonce}`) : undefined
      if (known !== undefined) return { status: 200, body: { id: known } }
      sent.push({ user, text })
      nonces.set(`${user} ${given.nonce}`, String(sent.length))
      return { status: 200, body: { id: String(sent.length) } }
    }
    if (method === 'PUT' && path === `/applications/${DISCORD_APPLICATION}/commands`) {
      commands = body
      return { status: 200, body }
    }
    return { status: 404, body: { message: '404: Not Found', code: 0 } }
  })
  return {
    ...server,
    sent,
    closed,
    late,
    commands: () => commands,
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
    sign: (body) => {
      const timestamp = String(Math.floor(Date.now() / 1000))
      const signature = sign(null, Buffer.from(timestamp + body), privateKey).toString('hex')
      return { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp }
    },
  }
}
