import type { Log } from '#kernel/log.ts'
import type { Avatars } from './ports.ts'

/** Removes a picture that an account no longer has, in the background; addresses elsewhere are not ours to remove. */
export function forgetAvatar({ avatars, log }: { avatars: Avatars; log: Log }, url: string | null): void {
  if (url === null || !url.startsWith('/avatars/')) return
  avatars.forget(url).catch((error: unknown) => log.warn({ err: error }, 'an old picture could not be removed'))
}
