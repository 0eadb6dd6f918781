import { docs, health, openApi, ready } from '#contracts/system.ts'
import { docsPage } from './docs-page.ts'
import { SENT } from './mount.ts'
import type { Mount, Mounted } from './mount.ts'
import { openApiDocument } from './openapi.ts'

/** A part of the process that can say whether it works: resolves when it does, throws a plain sentence when not. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>

const CHECK_TIMEOUT_MS = 2_000

/** Mounts health, readiness and the API's own documentation. */
export function mountSystem(
  mount: Mount,
  parts: { version: string; checks: ReadinessChecks; mounted: () => readonly Mounted[] },
): void {
  mount(health, async () => ({ status: 'ok' as const, version: parts.version, uptime: Math.floor(process.uptime()) }))

  mount(ready, async ({ reply }) => {
    const results = await Promise.all(
      Object.entries(parts.checks).map(async ([name, check]) => [name, await outcome(check)] as const),
    )
    const isReady = results.every(([, result]) => result === 'ok')
    await reply
      .status(isReady ? 200 : 503)
      .send({ status: isReady ? 'ready' : 'not ready', checks: Object.fromEntries(results) })
    return SENT
  })

  mount(openApi, async () => openApiDocument(parts.mounted(), parts.version))

  mount(docs, async ({ reply }) => {
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    await reply.type('text/html; charset=utf-8').send(docsPage(parts.mounted(), parts.version))
    return SENT
  })
}

async function outcome(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('does not answer')), CHECK_TIMEOUT_MS)
  })
  try {
    await Promise.race([check(), late])
    return 'ok'
  } catch (error) {
    return (error as Error).message
  } finally {
    clearTimeout(timer)
  }
}
