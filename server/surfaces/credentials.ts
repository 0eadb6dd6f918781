import type { IncomingHttpHeaders } from 'node:http'
import type { Credentials } from '#domains/identity/principal.ts'

/** The token or API key a request shows in its headers. A Bearer value that is an API key (`occ_…`) counts as one. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer.startsWith('occ_') ? { apiKey: bearer } : { bearer }
  const apiKey = headers['x-api-key']
  return typeof apiKey === 'string' && apiKey !== '' ? { apiKey } : {}
}
