import { createHmac } from 'node:crypto'
import type { IceServer } from '#contracts/schemas/meeting.ts'
import type { Clock } from '#kernel/clock.ts'

/** The STUN and TURN servers for one account, ready for a browser. */
export type IceServers = (accountId: number) => IceServer[]

/** Long enough for a working day's meeting: a browser asks for new ones only when it joins. */
const CREDENTIAL_SECONDS = 12 * 3600

/**
 * The servers from the settings. TURN credentials expire: user name `expiry:account`, password its HMAC-SHA1 under the
 * shared secret, in base64 (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`). TURN servers without a secret
 * are handed out without credentials.
 */
export function createIceServers(
  settings: {
    readonly stunUrls: readonly string[]
    readonly turnUrls: readonly string[]
    readonly turnSecret: string | undefined
  },
  clock: Clock,
): IceServers {
  const { stunUrls, turnUrls, turnSecret } = settings
  return (accountId) => {
    const servers: IceServer[] = []
    if (stunUrls.length > 0) servers.push({ urls: [...stunUrls] })
    if (turnUrls.length === 0) return servers
    if (turnSecret === undefined) return [...servers, { urls: [...turnUrls] }]
    const username = `${Math.floor(clock.now() / 1000) + CREDENTIAL_SECONDS}:${accountId}`
    const credential = createHmac('sha1', turnSecret).update(username).digest('base64')
    return [...servers, { urls: [...turnUrls], username, credential }]
  }
}
