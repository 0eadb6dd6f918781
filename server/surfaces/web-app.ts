import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerNoRoute } from './failures.ts'

/** Paths that belong to the API and sockets: an unknown one is an error, never the web app's page. */
const NOT_PAGES = /^\/(api|ws|health|ready|metrics|docs|openapi\.json|assets|avatars|files|streams|v1)(\/|$)/

/** A file that is not there. The proof in a link to watch a stream begins with a dot too, and is longer. */
const FILE = /\.\w{1,12}$/

/** Serves the built web app from `folder`: hashed files for ever, the page itself always fresh. */
export function serveWebApp(app: FastifyInstance, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) return
  const served = {
    index: false,
    // The build leaves each file compressed beside itself.
    preCompressed: true,
    cacheControl: false,
  } as const
  // One route for all of them: one for each file takes a tenth of a second of every start.
  app.register(fastifyStatic, {
    ...served,
    root: join(folder, 'assets'),
    prefix: '/assets/',
    setHeaders: (reply) => void reply.header('cache-control', 'public, max-age=31536000, immutable'),
  })
  // A route for each of these few, so that nothing else is looked for on the disk.
  app.register(fastifyStatic, {
    ...served,
    root: folder,
    wildcard: false,
    globIgnore: ['assets/**'],
    decorateReply: false,
    setHeaders: (reply) => void reply.header('cache-control', 'no-cache'),
  })
}

/** What answers where nothing is mounted: the web app's page for its own addresses, else the family's 404. */
export function pageOrNoRoute(folder: string): (request: FastifyRequest, reply: FastifyReply) => unknown {
  const file = join(folder, 'index.html')
  let page: Buffer | undefined
  return (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const wantsPage = request.method === 'GET' && !NOT_PAGES.test(path) && !FILE.test(path)
    if (wantsPage && page === undefined && existsSync(file)) page = readFileSync(file)
    if (!wantsPage || page === undefined) return answerNoRoute(request, reply)
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page)
  }
}
