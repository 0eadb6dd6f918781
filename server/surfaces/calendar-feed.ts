import { createFeed, deleteFeed, getFeed, importCalendar, readFeed } from '#contracts/calendar.ts'
import type { FastifyRequest } from 'fastify'
import type { Feeds } from '#domains/calendar/feed.ts'
import type { Importer } from '#domains/calendar/import.ts'
import type { Clock } from '#kernel/clock.ts'
import { SENT } from './mount.ts'
import type { Mount } from './mount.ts'

/** Mounts the calendar's private address, and the way in for calendar files. */
export function mountCalendarFiles(
  mount: Mount,
  parts: { feeds: Feeds; importer: Importer; clock: Clock; origin: (request: FastifyRequest) => string },
): void {
  const { feeds, importer, clock, origin } = parts

  mount(getFeed, async ({ account }) => {
    const createdAt = await feeds.createdAt(account.accountId)
    return { created_at: createdAt?.toISOString() ?? null }
  })
  mount(createFeed, async ({ account, request }) => {
    const token = await feeds.create(account.accountId)
    return { url: `${origin(request)}${readFeed.path}?token=${token}` }
  })
  mount(deleteFeed, async ({ account }) => {
    await feeds.remove(account.accountId)
    return {}
  })
  mount(readFeed, async ({ query, reply }) => {
    const text = await feeds.read(query.token, clock.now())
    reply.header('cache-control', 'private, no-cache')
    reply.header('content-disposition', 'inline; filename="confab.ics"')
    await reply.type('text/calendar; charset=utf-8').send(text)
    return SENT
  })

  mount(
    importCalendar,
    async ({ body, account }) => {
      const { imported, known, problems } = await importer(account.accountId, body.ics, account.timeZone)
      return {
        imported,
        known,
        problems: problems.map(({ start, ...problem }) => ({ ...problem, start_at: start?.toISOString() ?? null })),
      }
    },
    {
      message: '行事曆匯入完成',
      words: {
        'calendar.not-a-calendar': { status: 400, code: 'E011_DATA_TYPE_ERROR', message: '不是行事曆檔案' },
      },
    },
  )
}
