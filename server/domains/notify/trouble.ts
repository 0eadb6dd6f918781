import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import type { Bindings } from './bindings.ts'
import type { Notify } from './notify.ts'
import { ACCOUNT_ACTIVE } from './notify-store.ts'
import { abandonRecipient } from './outbox/queued.ts'

/** Puts what people read into their language. */
export type Phrase = (locale: string | null, key: string, values?: Readonly<Record<string, string | number>>) => string

/** What is done when messages do not get through. */
export interface Trouble {
  /** A chat refuses us: its binding is switched off, and its account told by e-mail. */
  gone(service: OutgoingService, recipient: string, detail: string): Promise<void>
  /** A service takes nothing for a while: the admins are told by e-mail. */
  paused(service: OutgoingService, reason: string, detail: string, until: Date): Promise<void>
}

/** Over bindings and notifications. */
export function createTrouble(parts: {
  db: Database
  log: Log
  bindings: Bindings
  notify: Notify
  phrase: Phrase
}): Trouble {
  const { db, log, bindings, notify, phrase } = parts

  const localeOf = async (accountId: number): Promise<string | null> => {
    const [row] = await db.query<{ locale: string | null }>('SELECT locale FROM accounts WHERE id = $1', [accountId])
    return row?.locale ?? null
  }

  return {
    gone: async (service, recipient, detail) => {
      const isBound = service !== 'email' && service !== 'matrix'
      const broken = isBound ? await bindings.markBroken(service satisfies Service, recipient, detail) : undefined
      await abandonRecipient(db, service, recipient, 'blocked')
      if (broken === undefined) return
      log.info({ service, account: broken.accountId }, 'a binding is broken and switched off')
      const locale = await localeOf(broken.accountId)
      const name = phrase(locale, `service.${service}`)
      await notify.send({
        accountId: broken.accountId,
        kind: 'notify.binding-broken',
        dedupeKey: `binding-broken:${service}:${recipient}:${Date.now()}`,
        title: phrase(locale, 'binding.brokenTitle', { service: name }),
        text: phrase(locale, 'binding.brokenText', { service: name }),
        url: '/alerts/bindings',
        channels: ['email'],
      })
    },
    paused: async (service, reason, detail, until) => {
      log.warn({ service, reason, until: until.toISOString() }, 'a messenger takes nothing for a while')
      const admins = await db.query<{ id: number; locale: string | null }>(
        `SELECT a.id, a.locale FROM accounts a WHERE a.role = 'admin' AND ${ACCOUNT_ACTIVE}`,
      )
      await notify.sendMany(
        admins.map(({ id, locale }) => {
          const name = phrase(locale, `service.${service}`)
          const when = until.toISOString().replace('T', ' ').slice(0, 16)
          return {
            accountId: id,
            kind: 'notify.lane-paused',
            dedupeKey: `lane-paused:${service}:${reason}:${when}`,
            title: phrase(locale, `lane.${reason}Title`, { service: name }),
            text: phrase(locale, 'lane.pausedText', { service: name, until: `${when} UTC`, detail }),
            url: '/admin/alerts',
            channels: ['email'] as const,
          }
        }),
      )
    },
  }
}
