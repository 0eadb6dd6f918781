import { InlineKeyboard } from 'grammy'
import type { Api } from 'grammy'
import type { Update } from 'grammy/types'
import type { AnswerBot } from '#domains/alerts/commands/answer.ts'
import type { Log } from '#kernel/log.ts'

/** What the bot tells of a chat. */
export interface TelegramBotParts {
  readonly api: Api
  readonly answer: AnswerBot
  /** Somebody blocked the bot. */
  readonly blocked: (chatId: string, reason: string) => Promise<void>
  readonly log: Log
}

/** Handles updates, from polling or from the webhook alike. */
export interface TelegramBot {
  /** Never throws: an update that fails is logged and done with. */
  handle(update: Update): Promise<void>
  /** The bot's own name, asked once; undefined while Telegram does not answer. */
  username(): Promise<string | undefined>
}

const COMMANDS = [
  { command: 'bind', description: '綁定帳號' },
  { command: 'list', description: '訂閱清單' },
  { command: 'help', description: '指令說明' },
]

/** A bot over the API. */
export function createTelegramBot({ api, answer, blocked, log }: TelegramBotParts): TelegramBot {
  let name: Promise<string | undefined> | undefined

  const onMessage = async (message: NonNullable<Update['message']>): Promise<void> => {
    // In a group everybody would command the one account.
    if (message.text === undefined || message.chat.type !== 'private') return
    const chatId = String(message.chat.id)
    const reply = await answer({ service: 'telegram', serviceId: chatId, text: message.text })
    const keyboard = reply.button && new InlineKeyboard().url(reply.button.text, reply.button.url)
    await api.sendMessage(chatId, reply.text.slice(0, 4096), keyboard && { reply_markup: keyboard })
  }

  return {
    handle: async (update) => {
      try {
        if (update.message !== undefined) await onMessage(update.message)
        const member = update.my_chat_member
        if (member?.chat.type === 'private' && member.new_chat_member.status === 'kicked') {
          await blocked(String(member.chat.id), 'the bot was blocked')
        }
      } catch (error) {
        log.warn({ err: error, update: update.update_id }, 'a Telegram update failed')
      }
    },
    username: () => {
      name ??= api.getMe().then(
        (me) => me.username,
        (error: unknown) => {
          // Asked again at the next need.
          name = undefined
          log.warn({ reason: (error as Error).message }, 'Telegram does not tell the name of the bot')
          return undefined
        },
      )
      return name
    },
  }
}

/** Makes the commands known to Telegram's menu. */
export async function registerTelegramCommands(api: Api): Promise<void> {
  await api.setMyCommands(COMMANDS)
}
