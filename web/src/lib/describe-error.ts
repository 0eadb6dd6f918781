import type { TFunction } from 'i18next'
import { ApiError, NetworkError } from './api-error.ts'

/** One sentence a person can act on; the server's own words where it gave some. `t` is the `common` domain's. */
export function describeError(error: unknown, t: TFunction<'common'>): { sentence: string; offline: boolean } {
  if (error instanceof NetworkError) {
    return { sentence: t(error.timedOut ? 'error.timeout' : 'error.network'), offline: true }
  }
  if (error instanceof ApiError) {
    // What the server calls by a name of its own has a sentence of ours; everything else speaks for itself.
    const named = error.fault ? t(`error.fault.${error.fault}`, { defaultValue: '' }) : ''
    if (named) return { sentence: named, offline: false }
    if (error.status === 429) {
      const seconds = error.retryAfter
      return { sentence: seconds ? t('error.busyFor', { count: seconds }) : t('error.busy'), offline: false }
    }
    if (error.status >= 500) return { sentence: t('error.server'), offline: false }
    const own =
      typeof error.code === 'number' && error.code > 999 ? t(`error.code.${error.code}`, { defaultValue: '' }) : ''
    return { sentence: own || error.message || t('error.unknown'), offline: false }
  }
  return { sentence: t('error.unknown'), offline: false }
}
