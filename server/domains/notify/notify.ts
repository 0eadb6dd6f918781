import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import type { NotifyEvents } from '#contracts/events/notify.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'
import type { Outgoing, Sent } from './outgoing.ts'
import { addDeliveries, addNotifications, recipientsOf } from './notify-store.ts'
import type { NewDelivery } from './notify-store.ts'
import { splitText } from './split-text.ts'
import type { TextLimit } from './split-text.ts'

/** Tells accounts things: in the web app's list, and through the messengers they have bound. */
export interface Notify {
  /**
   * Tells one account something, once for each `dedupeKey`. An account that is disabled or gone is told nothing. With
   * `tx` it happens if and when that transaction commits.
   */
  send(message: Outgoing, tx?: Transaction): Promise<Sent>
  /** The same for many, in a few statements; in the order given for each account. */
  sendMany(messages: readonly Outgoing[], tx?: Transaction): Promise<Sent>
}

const USUAL_LIFE_MS = 24 * 3_600_000
const BOUND: readonly OutgoingService[] = ['telegram', 'line', 'discord']

/** `limits` are those of the services' messages; `linkBase` makes a path of the web app an address. */
export function createNotify(parts: {
  db: Database
  bus: Bus<NotifyEvents>
  clock: Clock
  limits: Readonly<Record<OutgoingService, TextLimit>>
  linkBase: () => string | undefined
}): Notify {
  const { db, bus, clock, limits, linkBase } = parts

  const write = async (tx: Transaction, messages: readonly Outgoing[]): Promise<Sent> => {
    const fresh = await addNotifications(tx, messages)
    if (fresh.length === 0) return { notified: 0, queued: 0 }
    const recipients = await recipientsOf(
      tx,
      fresh.map((one) => one.accountId),
    )
    const deliveries: NewDelivery[] = []
    for (const { message, notificationId } of fresh) {
      for (const { service, recipient } of recipients.get(message.accountId) ?? []) {
        if (!(message.channels ?? BOUND).includes(service)) continue
        const texts = splitText(wordsFor(message, service), limits[service])
        for (const [index, text] of texts.entries()) {
          deliveries.push({
            accountId: message.accountId,
            service,
            recipient,
            kind: message.kind,
            notificationId,
            title: message.title,
            text,
            part: index + 1,
            parts: texts.length,
            expiresAt: message.expiresAt ?? new Date(clock.now() + USUAL_LIFE_MS),
          })
        }
      }
    }
    if (deliveries.length > 0) await addDeliveries(tx, deliveries)
    const services = [...new Set(deliveries.map((one) => one.service))]
    tx.afterCommit(() => {
      for (const { message, notificationId } of fresh) {
        bus.publish('notify.notification.created', { accountId: message.accountId, notificationId })
      }
      if (services.length > 0) bus.publish('notify.outbox.filled', { services })
    })
    return { notified: fresh.length, queued: deliveries.length }
  }

  /** A mail has its title as a subject; everywhere else it is the first line. */
  const wordsFor = (message: Outgoing, service: OutgoingService): string => {
    const base = linkBase()
    const url = message.url?.startsWith('/') ? base && base + message.url : message.url
    const lines = service === 'email' && message.text !== '' ? [message.text, url] : [message.title, message.text, url]
    return lines.filter((line) => line !== undefined && line !== '').join('\n')
  }

  const sendMany: Notify['sendMany'] = (messages, tx) => {
    if (messages.length === 0) return Promise.resolve({ notified: 0, queued: 0 })
    return tx === undefined ? db.transaction((own) => write(own, messages)) : write(tx, messages)
  }
  return { sendMany, send: (message, tx) => sendMany([message], tx) }
}
