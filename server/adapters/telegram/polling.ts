import { setTimeout as delay } from 'node:timers/promises'
import { Api, GrammyError } from 'grammy'
import type { Log } from '#kernel/log.ts'
import type { TelegramBot } from './bot.ts'

/** Fetches updates by long polling while we lead. */
export interface TelegramPolling {
  setLeader(leads: boolean): void
  stop(): Promise<void>
}

const LONG_POLL_SECONDS = 25
const LONGEST_PAUSE_MS = 60_000
/** Telegram's answer while a webhook is set, or while somebody else polls. */
const CONFLICT = 409

/** Telegram forgets an update once one with a higher offset is asked for, so a crash loses none. */
export function createTelegramPolling(parts: {
  apiUrl: string
  token: string
  bot: TelegramBot
  log: Log
}): TelegramPolling {
  const { apiUrl, token, bot, log } = parts
  const api = new Api(token, { apiRoot: apiUrl, timeoutSeconds: LONG_POLL_SECONDS + 15 })
  let running: { ended: Promise<void>; abort: AbortController } | undefined

  const poll = async (signal: AbortSignal): Promise<void> => {
    let offset = 0
    let failures = 0
    while (!signal.aborted) {
      try {
        const updates = await api.getUpdates(
          { offset, timeout: LONG_POLL_SECONDS, allowed_updates: ['message', 'my_chat_member'] },
          signal as Parameters<Api['getUpdates']>[1],
        )
        if (failures > 0) log.info('Telegram can be polled again')
        failures = 0
        for (const update of updates) {
          await bot.handle(update)
          offset = update.update_id + 1
        }
      } catch (error) {
        if (signal.aborted) return
        if (failures++ === 0) log.warn({ reason: (error as Error).message }, 'Telegram cannot be polled')
        // A webhook of earlier settings is in the way; what waits there is kept for us.
        if (error instanceof GrammyError && error.error_code === CONFLICT && /webhook/i.test(error.description)) {
          await api.deleteWebhook().catch(() => {})
        }
        const asked = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1000 : 0
        await delay(Math.max(asked, Math.min(1_000 * 2 ** (failures - 1), LONGEST_PAUSE_MS)), undefined, {
          signal,
        }).catch(() => {})
      }
    }
  }

  const end = async (): Promise<void> => {
    const was = running
    running = undefined
    was?.abort.abort()
    await was?.ended
  }

  return {
    setLeader: (leads) => {
      if (!leads) void end()
      else if (running === undefined) {
        const abort = new AbortController()
        running = { abort, ended: poll(abort.signal) }
      }
    },
    stop: end,
  }
}
