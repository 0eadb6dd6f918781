import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { metrics } from '#contracts/system.ts'
import type { Authenticate } from '#domains/identity/principal.ts'
import { Fault } from '#kernel/fault.ts'
import { credentialsOf } from '../credentials.ts'
import { answerNoRoute } from '../failures.ts'
import { SENT } from '../mount.ts'
import type { Mount } from '../mount.ts'
import { EXPOSITION_TYPE, exposition } from './exposition.ts'
import type { MetricFamily } from './exposition.ts'

/** Something that can be measured now. */
export type MetricSource = () => MetricFamily[] | Promise<MetricFamily[]>

/** Mounts `/metrics` for who shows `token` or is an admin; for everybody else there is no such path. */
export function mountMetrics(
  mount: Mount,
  parts: { sources: readonly MetricSource[]; token: string | undefined; authenticate: Authenticate },
): void {
  const { sources, token, authenticate } = parts

  async function mayRead(request: FastifyRequest): Promise<boolean> {
    const shown = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (shown === undefined) return false
    if (token !== undefined && isSame(shown, token)) return true
    const { bearer } = credentialsOf(request.headers)
    if (bearer === undefined) return false
    try {
      return (await authenticate({ bearer })).role === 'admin'
    } catch (error) {
      if (error instanceof Fault && error.kind === 'unauthenticated') return false
      throw error
    }
  }

  mount(metrics, async ({ request, reply }) => {
    if (!(await mayRead(request))) {
      answerNoRoute(request, reply)
      return SENT
    }
    const families = await Promise.all(sources.map(async (source) => await source()))
    await reply.type(EXPOSITION_TYPE).header('cache-control', 'no-store').send(exposition(families.flat()))
    return SENT
  })
}

/** Compares hashes, so that the time it takes tells nothing, not even the length. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}
