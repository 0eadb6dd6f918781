import type { FastifyReply, FastifyRequest } from 'fastify'

// `unsafe-inline` for styles alone: calendar and formula renderers write style attributes and elements.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The headers every answer carries. What a page may do is said on pages and files; an answer of the API is data, which no
 * browser shows as a page, and is never cached.
 */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff')
  if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
  if (request.url.startsWith('/api/')) {
    reply.header('cache-control', 'no-store')
    return
  }
  reply.header('referrer-policy', 'same-origin')
  reply.header('x-frame-options', 'DENY')
  reply.header('cross-origin-opener-policy', 'same-origin')
  reply.header('cross-origin-resource-policy', 'same-origin')
  reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
  reply.header('permissions-policy', 'camera=(self), microphone=(self), display-capture=(self), geolocation=()')
}
