import type { ResultOf } from '#contracts/route.ts'
import type { alertsGetUser } from '#contracts/admin-users.ts'
import { createPttSite } from '#adapters/ptt/site.ts'
import { createAlerts } from '#domains/alerts/alerts.ts'
import { createAnswerBot } from '#domains/alerts/commands/answer.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { mountAlerts } from '#surfaces/alerts.ts'
import { mountBindings } from '#surfaces/bindings.ts'
import type { Live } from '#surfaces/live.ts'
import { mountSubscriptions, subscriptionView } from '#surfaces/subscriptions.ts'
import { composeMessengers } from './messengers.ts'
import type { NotifyPart } from './notify.ts'
import type { Base, Part } from './part.ts'

/** Board alerts. */
export interface AlertsPart extends Part {
  /** Has open sockets told of one's own alerts and bindings. */
  tellLive(live: Live): void
  /** An account's subscriptions, as document 2 shows them. */
  subscriptionsOf(accountId: number): Promise<ResultOf<typeof alertsGetUser>['subscriptions']>
}

/** Wires board alerts and the bots. Boards are polled by the one process with the role `alerts` that holds the lease. */
export function composeAlerts(base: Base, parts: { identity: Identity; notify: NotifyPart }): AlertsPart {
  const { config, mount } = base
  const { bindings, leases, trouble, words, isConfigured, notify } = parts.notify
  const { pttUrl, pttUserAgent, pttInterval, staleHours } = config.alerts
  const site = createPttSite({ url: pttUrl, userAgent: pttUserAgent })
  const alerts = createAlerts({
    ...base,
    site,
    notify,
    phrase: words,
    intervalMs: pttInterval * 1000,
    staleMs: staleHours * 3_600_000,
  })
  const { subscriptions, crawler } = alerts
  const linkBase = (): string | undefined => config.core.publicUrl
  const answer = createAnswerBot({ bindings, subscriptions, phrase: words, linkBase })
  const bots = composeMessengers(base, { answer, leases, trouble, greeting: () => words(null, 'bot.bound') })
  mountBindings(mount, { bindings, directions: { ...bots, isConfigured } })
  mountSubscriptions(mount, { subscriptions })
  mountAlerts(mount, { alerts, url: pttUrl, interval: pttInterval })
  parts.identity.onErasure(async (tx, accountId) => {
    await tx.query('DELETE FROM alert_subscriptions WHERE account_id = $1', [accountId])
    await tx.query('DELETE FROM alerts WHERE account_id = $1', [accountId])
  })
  const works = config.core.roles.includes('alerts')
  if (works) leases.keep('crawler', (held) => crawler.setLeader(held))
  return {
    tellLive: (live) => {
      live.forward('alerts.alert.raised', ({ accountId }) => [accountId])
      live.forward('notify.binding.changed', ({ accountId }) => [accountId])
    },
    subscriptionsOf: async (accountId) => (await subscriptions.list(accountId)).map(subscriptionView),
    start: async () => {
      await bots.start?.()
      await crawler.start()
      // Last, since whoever gains a lease begins at once.
      if (works) await leases.start()
    },
    stop: async () => {
      await crawler.stop()
      await bots.stop?.()
      if (works) await leases.stop()
      await site.close()
    },
  }
}
