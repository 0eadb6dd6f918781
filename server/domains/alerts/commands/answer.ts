import { isFault } from '#kernel/fault.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import type { BoundAccount } from '#domains/notify/binding-store.ts'
import type { Bindings } from '#domains/notify/bindings.ts'
import type { Phrase } from '../ports.ts'
import type { SubscriptionRow } from '../subscription-store.ts'
import type { Subscriptions } from '../subscriptions.ts'
import { checkValue } from '../value.ts'
import { parseCommand } from './parse-command.ts'
import type { Command } from './parse-command.ts'

/** Who writes to a bot, and what. */
export interface BotMessage {
  readonly service: Service
  readonly serviceId: string
  readonly text: string
}

/** What the bot answers. */
export interface BotReply {
  readonly text: string
  /** A button that opens a page, where the service has such. */
  readonly button?: { readonly text: string; readonly url: string }
}

/** Answers what people write to the bots. */
export type AnswerBot = (message: BotMessage) => Promise<BotReply>

/** `linkBase` is the address of the web app, where it is known. */
export function createAnswerBot(parts: {
  bindings: Bindings
  subscriptions: Subscriptions
  phrase: Phrase
  linkBase: () => string | undefined
}): AnswerBot {
  const { bindings, subscriptions, phrase, linkBase } = parts

  const bind = async ({ service, serviceId }: BotMessage): Promise<BotReply> => {
    const base = linkBase()
    if (service !== 'telegram' || base === undefined) return { text: phrase(null, 'bot.bindInWeb') }
    const { code } = await bindings.codeForChat(service, serviceId)
    return {
      text: phrase(null, 'bot.bindHere'),
      button: { text: phrase(null, 'bot.bindButton'), url: `${base}/bind/telegram?token=${code}` },
    }
  }

  const redeem = async ({ service, serviceId }: BotMessage, code: string): Promise<BotReply> => {
    try {
      await bindings.redeemInChat(service, serviceId, code)
    } catch (error) {
      if (!isFault(error)) throw error
      return { text: phrase(null, REDEEM_FAULTS[error.code] ?? 'bot.codeInvalid') }
    }
    const account = await bindings.accountOf(service, serviceId)
    return { text: phrase(account?.locale ?? null, 'bot.bound') }
  }

  const change = async (
    account: BoundAccount,
    command: Extract<Command, { kind: 'add' | 'remove' }>,
  ): Promise<string> => {
    const lines: string[] = []
    const mine = command.kind === 'remove' ? await subscriptions.list(account.accountId) : []
    for (const board of command.boards) {
      for (const value of command.values) {
        const wish = { board, subType: command.subType, value }
        const line = command.kind === 'add' ? await add(account, wish) : await remove(account, wish, mine)
        lines.push(phrase(account.locale, line.key, line.values))
      }
    }
    return lines.join('\n')
  }

  type Line = { key: string; values: Record<string, string> }
  type Wish = Parameters<Subscriptions['create']>[1]

  const add = async (account: BoundAccount, wish: Wish): Promise<Line> => {
    try {
      const made = await subscriptions.create(account, wish)
      return { key: 'bot.added', values: { board: made.board, what: describe(made, account.locale) } }
    } catch (error) {
      if (!isFault(error)) throw error
      const values = { board: wish.board, what: wish.value }
      return { key: ADD_FAULTS[error.code] ?? 'bot.failed', values }
    }
  }

  const remove = async (account: BoundAccount, wish: Wish, mine: readonly SubscriptionRow[]): Promise<Line> => {
    const values = { board: wish.board, what: wish.value }
    const key = keyOrNothing(wish)
    const found = mine.find(
      (one) =>
        one.board.toLowerCase() === wish.board.toLowerCase() &&
        one.subType === wish.subType &&
        checkValue(one.subType, one.value).key === key,
    )
    if (found === undefined) return { key: 'bot.notThere', values }
    await subscriptions.remove(account, found.id)
    return { key: 'bot.removed', values: { board: found.board, what: describe(found, account.locale) } }
  }

  const describe = ({ subType, value }: SubscriptionRow, locale: string | null): string =>
    phrase(locale, `bot.what.${subType}`, { value })

  const list = async (account: BoundAccount): Promise<string> => {
    const mine = await subscriptions.list(account.accountId)
    if (mine.length === 0) return phrase(account.locale, 'bot.listEmpty')
    const lines = mine.map((one) =>
      phrase(account.locale, one.enabled ? 'bot.listLine' : 'bot.listLineOff', {
        board: one.board,
        what: describe(one, account.locale),
      }),
    )
    return [phrase(account.locale, 'bot.listTitle', { count: mine.length }), ...lines].join('\n')
  }

  return async (message) => {
    const command = parseCommand(message.text)
    if (command.kind === 'redeem') return redeem(message, command.code)
    const account = await bindings.accountOf(message.service, message.serviceId)
    const locale = account?.locale ?? null
    if (command.kind === 'bind') {
      return account === undefined ? bind(message) : { text: phrase(locale, 'bot.alreadyBound') }
    }
    if (command.kind === 'help') return { text: phrase(locale, account === undefined ? 'bot.welcome' : 'bot.help') }
    if (account === undefined) return { text: phrase(null, 'bot.notBound') }
    if (command.kind === 'list') return { text: await list(account) }
    if (command.kind === 'add' || command.kind === 'remove') return { text: await change(account, command) }
    return { text: phrase(locale, 'bot.unknown') }
  }
}

const REDEEM_FAULTS: Readonly<Record<string, string>> = {
  'binding.code-invalid': 'bot.codeInvalid',
  'binding.exists': 'bot.accountHasOther',
  'binding.taken': 'bot.chatTaken',
}

const ADD_FAULTS: Readonly<Record<string, string>> = {
  'alerts.no-board': 'bot.noBoard',
  'alerts.site-down': 'bot.siteDown',
  'alerts.limit': 'bot.limit',
  'alerts.exists': 'bot.exists',
  'alerts.pattern-invalid': 'bot.badPattern',
  'alerts.pushsum-invalid': 'bot.badCount',
}

/** What a value is compared by; undefined for one that no subscription can have. */
function keyOrNothing({ subType, value }: Parameters<Subscriptions['create']>[1]): string | undefined {
  try {
    return checkValue(subType, value).key
  } catch (error) {
    if (isFault(error)) return undefined
    throw error
  }
}
