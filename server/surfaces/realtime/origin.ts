import type { IncomingMessage } from 'node:http'

/**
 * Whether the page that opens a socket may: one of our own host, or of an origin that was allowed. Clients that are no
 * browsers send no Origin, and need none: they have no cookies of ours that a foreign page could ride on.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin } = request.headers
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  // A proxy that keeps the Host header is the normal case; one that does not has to be named in the allowed origins.
  if (host.toLowerCase() === request.headers.host?.toLowerCase()) return true
  return isNamedOrigin(origin, allowed)
}

/** Whether an operator named this origin among those whose pages may use this installation. */
export function isNamedOrigin(origin: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => one.toLowerCase().replace(/\/+$/, '') === origin.toLowerCase())
}
