import { setTimeout as delay } from 'node:timers/promises'
import type { Api } from 'grammy'
import type { Log } from '#kernel/log.ts'

/** Tells Telegram where to bring updates, until it has understood. */
export interface TelegramWebhook {
  start(): void
  stop(): Promise<void>
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000

/** A webhook at `url`; Telegram shows `secret` with every update. */
export function createTelegramWebhook(parts: { api: Api; url: string; secret: string; log: Log }): TelegramWebhook {
  const { api, url, secret, log } = parts
  const stopping = new AbortController()
  let registering: Promise<void> | undefined

  const register = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await api.setWebhook(url, { secret_token: secret, allowed_updates: ['message', 'my_chat_member'] })
        if (failures > 0) log.info('Telegram took the webhook')
        return
      } catch (error) {
        if (failures === 0) log.warn({ reason: (error as Error).message }, 'Telegram did not take the webhook')
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  return {
    start: () => void (registering ??= register()),
    stop: async () => {
      stopping.abort()
      await registering
    },
  }
}
