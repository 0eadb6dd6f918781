import type { IncomingMessage } from 'node:http'
import type { Credentials } from '#domains/identity/principal.ts'
import { credentialsOf } from '../credentials.ts'

/** The subprotocol by which a browser can send a token without writing it into a URL. */
export const BEARER_PROTOCOL = 'bearer'

/**
 * What a socket's opening request shows: an `Authorization` or `X-API-Key` header, `Sec-WebSocket-Protocol: bearer,
 * TOKEN`, or `?token=` (a token or an API key).
 */
export function socketCredentials(request: IncomingMessage, url: URL): Credentials {
  const header = credentialsOf(request.headers)
  if (header.bearer !== undefined || header.apiKey !== undefined) return header
  const [protocol, offered] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  const token = (protocol === BEARER_PROTOCOL ? offered : undefined) || url.searchParams.get('token') || ''
  if (token === '') return {}
  return token.startsWith('occ_') ? { apiKey: token } : { bearer: token }
}
