import { createDiscordBot, discordPublicKey, isSignedByDiscord } from '#adapters/discord/bot.ts'
import { createLineBot, isSignedByLine } from '#adapters/line/bot.ts'
import { createTelegramBot, registerTelegramCommands } from '#adapters/telegram/bot.ts'
import { createTelegramApi } from '#adapters/telegram/channel.ts'
import { createTelegramPolling } from '#adapters/telegram/polling.ts'
import { createTelegramWebhook } from '#adapters/telegram/webhook.ts'
import type { AnswerBot } from '#domains/alerts/commands/answer.ts'
import type { Leases } from '#domains/notify/lease.ts'
import type { Trouble } from '#domains/notify/trouble.ts'
import { Fault } from '#kernel/fault.ts'
import type { BotDirections } from '#surfaces/bindings.ts'
import { mountMessengerWebhooks } from '#surfaces/webhooks-messengers.ts'
import type { MessengerWebhooks } from '#surfaces/webhooks-messengers.ts'
import type { Base, Part } from './part.ts'

/** The bots people talk to. */
export interface Messengers extends Part {
  telegramLink: BotDirections['telegramLink']
  greet: BotDirections['greet']
}

interface MessengerParts {
  readonly answer: AnswerBot
  readonly leases: Leases
  readonly trouble: Trouble
  readonly greeting: () => string
}

/** What one bot adds. */
interface Wired {
  readonly webhooks: MessengerWebhooks
  start?(): Promise<void>
  stop?(): Promise<void>
}

/** Wires the bots that are configured, and mounts their webhooks. */
export function composeMessengers(base: Base, parts: MessengerParts): Messengers {
  const telegram = wireTelegram(base, parts)
  const all: Wired[] = [telegram, wireLine(base, parts), wireDiscord(base, parts)]
  const webhooks: MessengerWebhooks = Object.assign({}, ...all.map((one) => one.webhooks))
  mountMessengerWebhooks(base.http, { webhooks, log: base.log })
  return {
    telegramLink: telegram.telegramLink,
    greet: telegram.greet,
    start: async () => {
      for (const one of all) await one.start?.()
    },
    stop: async () => {
      for (const one of all) await one.stop?.()
    },
  }
}

function wireTelegram(
  { config, secrets, log }: Base,
  { answer, leases, trouble, greeting }: MessengerParts,
): Wired & Pick<Messengers, 'telegramLink' | 'greet'> {
  const { telegramToken: token, telegramApiUrl: apiUrl, telegramMode: mode } = config.notify
  if (token === undefined) {
    return { webhooks: {}, telegramLink: async () => undefined, greet: () => {} }
  }
  const publicUrl = config.core.publicUrl
  if (mode === 'webhook' && publicUrl === undefined) {
    throw new Fault('invalid', 'config.invalid', 'CONFAB_TELEGRAM_MODE=webhook needs CONFAB_PUBLIC_URL')
  }
  const api = createTelegramApi({ token, apiUrl })
  const blocked = (chatId: string, reason: string): Promise<void> => trouble.gone('telegram', chatId, reason)
  const bot = createTelegramBot({ api, answer, blocked, log })
  const polling = createTelegramPolling({ apiUrl, token, bot, log })
  const works = config.core.roles.includes('alerts')
  const secret = secrets.derive('telegram webhook').toString('hex')
  const webhook = createTelegramWebhook({ api, url: `${String(publicUrl)}/webhooks/telegram`, secret, log })
  const quietly = (work: Promise<unknown>): void => {
    work.catch((error: unknown) =>
      log.warn({ reason: (error as Error).message }, 'Telegram did not take a set-up call'),
    )
  }
  if (works && mode === 'polling') leases.keep('telegram-polling', (held) => polling.setLeader(held))
  return {
    webhooks: mode === 'webhook' ? { telegram: { secret, handle: (update) => bot.handle(update as never) } } : {},
    telegramLink: async (code) => {
      const username = await bot.username()
      return username === undefined ? undefined : `https://t.me/${username}?start=BIND_${code}`
    },
    greet: (service, serviceId) => {
      if (service === 'telegram') quietly(api.sendMessage(serviceId, greeting()))
    },
    start: async () => {
      if (!works) return
      quietly(registerTelegramCommands(api))
      if (mode === 'webhook') webhook.start()
    },
    stop: async () => {
      await webhook.stop()
      await polling.stop()
    },
  }
}

function wireLine({ config, log }: Base, { answer, trouble }: MessengerParts): Wired {
  const { lineToken: token, lineSecret: secret, lineApiUrl: apiUrl } = config.notify
  if (token === undefined || secret === undefined) return { webhooks: {} }
  const blocked = (userId: string, reason: string): Promise<void> => trouble.gone('line', userId, reason)
  const bot = createLineBot({ apiUrl, token, answer, blocked, log })
  const isSigned = (body: Buffer, signature: string): boolean => isSignedByLine(secret, body, signature)
  return { webhooks: { line: { isSigned, handle: (body) => bot.handle(body) } } }
}

function wireDiscord({ config, log }: Base, { answer }: MessengerParts): Wired {
  const { discordToken: token, discordPublicKey: hex, discordApplicationId, discordApiUrl: apiUrl } = config.notify
  if (token === undefined || hex === undefined) return { webhooks: {} }
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new Fault('invalid', 'config.invalid', 'CONFAB_DISCORD_PUBLIC_KEY must be 64 hexadecimal digits')
  }
  const key = discordPublicKey(hex)
  const bot = createDiscordBot({ apiUrl, token, applicationId: discordApplicationId, answer, log })
  return {
    webhooks: {
      discord: { isSigned: (signed) => isSignedByDiscord(key, signed), handle: (given) => bot.handle(given) },
    },
    start: async () => {
      if (!config.core.roles.includes('alerts')) return
      bot.register().catch((error: unknown) => log.warn({ err: error }, 'Discord did not take the commands'))
    },
  }
}
