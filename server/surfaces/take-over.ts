import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Begins an answer with the status and headers set so far; from here on the response is the caller's, not Fastify's. */
export function takeOver(reply: FastifyReply): ServerResponse {
  reply.hijack()
  const headers = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)
  reply.raw.writeHead(reply.statusCode, Object.fromEntries(headers) as Record<string, string>)
  return reply.raw
}
