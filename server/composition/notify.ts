import { join } from 'node:path'
import type { OutgoingService } from '#contracts/schemas/notify.ts'
import { createDiscordChannel } from '#adapters/discord/channel.ts'
import { createLineChannel } from '#adapters/line/channel.ts'
import { createMailer } from '#adapters/mail/mailer.ts'
import { createMatrixChannel } from '#adapters/matrix/channel.ts'
import { createMailChannel } from '#adapters/messengers/mail-channel.ts'
import { createTelegramChannel } from '#adapters/telegram/channel.ts'
import { createFeatureWords } from '#adapters/words/feature-words.ts'
import type { FeatureWords } from '#adapters/words/feature-words.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { createBindings } from '#domains/notify/bindings.ts'
import type { Bindings } from '#domains/notify/bindings.ts'
import { createBroadcasts } from '#domains/notify/broadcasts.ts'
import type { Channel } from '#domains/notify/channel.ts'
import { createDeliveryLog } from '#domains/notify/delivery-log.ts'
import { createDirectRooms } from '#domains/notify/direct-rooms.ts'
import { createInbox } from '#domains/notify/inbox.ts'
import { createLeases } from '#domains/notify/lease.ts'
import type { Leases } from '#domains/notify/lease.ts'
import { createNotify } from '#domains/notify/notify.ts'
import type { Notify } from '#domains/notify/notify.ts'
import { createOutbox } from '#domains/notify/outbox/outbox.ts'
import { createTrouble } from '#domains/notify/trouble.ts'
import type { Trouble } from '#domains/notify/trouble.ts'
import { mountBroadcast } from '#surfaces/broadcast.ts'
import { mountNotify } from '#surfaces/notify.ts'
import type { Base, Part } from './part.ts'

/** Notifications, and the services they go out through. */
export interface NotifyPart extends Part {
  readonly notify: Notify
  readonly bindings: Bindings
  readonly leases: Leases
  readonly trouble: Trouble
  readonly words: FeatureWords
  readonly isConfigured: (service: OutgoingService) => boolean
  /** Which messengers an account has bound, as document 2 shows it. */
  bindingsOf(accountId: number): Promise<{ telegram: boolean; line: boolean; discord: boolean }>
}

/** What one message of each service takes, whether it is configured or not. */
const LIMITS = {
  telegram: { max: 4_096, unit: 'utf16' },
  line: { max: 5_000, unit: 'utf16' },
  discord: { max: 2_000, unit: 'utf16' },
  matrix: { max: 40_000, unit: 'bytes' },
  email: { max: 100_000, unit: 'utf16' },
} as const

/** Wires notifications. What is queued goes out from processes with the role `alerts`. */
export function composeNotify(base: Base, parts: { identity: Identity }): NotifyPart {
  const { config, db, bus, clock, log, mount } = base
  const words = createFeatureWords('notify')
  const channels = channelsOf(base)
  const isConfigured = (service: OutgoingService): boolean => channels.some((one) => one.service === service)
  const bindings = createBindings({ db, bus, clock })
  const notify = createNotify({ db, bus, clock, limits: LIMITS, linkBase: () => config.core.publicUrl })
  const trouble = createTrouble({ db, log, bindings, notify, phrase: words })
  const leases = createLeases({ db, log })
  const works = config.core.roles.includes('alerts')
  const outbox = createOutbox({
    db,
    bus,
    log,
    leases,
    channels,
    reports: {
      gone: (service, row, detail) => trouble.gone(service, row.recipient, detail),
      paused: (service, ...rest) => trouble.paused(service, ...rest),
    },
  })
  mountBroadcast(mount, { broadcasts: createBroadcasts({ db, bus, limits: LIMITS }) })
  mountNotify(mount, { inbox: createInbox({ db, bus }), log: createDeliveryLog({ db, bus }), isConfigured })
  parts.identity.onErasure(async (tx, accountId) => {
    for (const table of ['notification_bindings', 'binding_codes', 'notifications', 'deliveries']) {
      await tx.query(`DELETE FROM ${table} WHERE account_id = $1`, [accountId])
    }
  })
  return {
    notify,
    bindings,
    leases,
    trouble,
    words,
    isConfigured,
    bindingsOf: async (accountId) => {
      const bound = new Set((await bindings.list(accountId)).map((one) => one.service))
      return { telegram: bound.has('telegram'), line: bound.has('line'), discord: bound.has('discord') }
    },
    start: async () => {
      if (works) await outbox.start()
    },
    stop: async () => {
      if (works) await outbox.stop()
    },
    notConfigured: notConfigured(config.notify),
  }
}

function channelsOf({ config, db, log }: Base): Channel[] {
  const settings = config.notify
  const { smtpUrl, from } = config.mail
  const mailer = createMailer({ smtpUrl, from, outbox: join(config.core.dataDir, 'outbox'), log })
  const channels: Channel[] = [createMailChannel({ mailer, rate: settings.mailRate })]
  if (settings.telegramToken !== undefined) {
    const { telegramToken: token, telegramApiUrl: apiUrl, telegramRate: rate } = settings
    channels.push(createTelegramChannel({ token, apiUrl, rate }))
  }
  if (settings.lineToken !== undefined) {
    channels.push(
      createLineChannel({ token: settings.lineToken, apiUrl: settings.lineApiUrl, rate: settings.lineRate }),
    )
  }
  if (settings.discordToken !== undefined) {
    const { discordToken: token, discordApiUrl: apiUrl, discordRate: rate } = settings
    channels.push(createDiscordChannel({ token, apiUrl, rate }))
  }
  if (settings.matrixUrl !== undefined && settings.matrixToken !== undefined) {
    const { matrixUrl: url, matrixToken: token, matrixRate: rate } = settings
    channels.push(createMatrixChannel({ url, token, rate, rooms: createDirectRooms(db) }))
  }
  return channels
}

function notConfigured(settings: Base['config']['notify']): string[] {
  const missing: string[] = []
  if (settings.telegramToken === undefined) missing.push('Telegram (CONFAB_TELEGRAM_TOKEN): no alerts there')
  if (settings.lineToken === undefined || settings.lineSecret === undefined) {
    missing.push('LINE (CONFAB_LINE_TOKEN, CONFAB_LINE_SECRET): no alerts there')
  }
  if (settings.discordToken === undefined || settings.discordPublicKey === undefined) {
    missing.push('Discord (CONFAB_DISCORD_TOKEN, CONFAB_DISCORD_PUBLIC_KEY): no alerts there')
  }
  if (settings.matrixUrl === undefined || settings.matrixToken === undefined) {
    missing.push('Matrix (CONFAB_MATRIX_URL, CONFAB_MATRIX_TOKEN): nothing is sent to Matrix IDs')
  }
  return missing
}
