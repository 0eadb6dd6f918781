import type { Page } from 'playwright-core'

/** An answer of the pretended server. */
export interface Answer {
  status?: number
  body: unknown
  headers?: Record<string, string>
  /** Never answers: to look at what shows meanwhile. */
  never?: boolean
}

/** A view to be looked at; `web/src/features/<id>/screens.ts` exports a list of them as `screens`. */
export interface Screen {
  /** Unique within the feature; the file's name. */
  name: string
  path: string
  /** Looked at by somebody who is not signed in. */
  signedOut?: boolean
  /** By `METHOD /path`; what is missing answers 404. The account is always there. */
  answers?: Record<string, Answer>
  /** Opens what is to be seen. */
  prepare?: (page: Page) => Promise<void>
  /** A text that is there once the view is. */
  until?: string
}

/** Document 5's envelope around `data`. */
export function ok(data: unknown): Answer {
  return { body: { code: 200, message: 'Success', data, timestamp: '2026-11-21T01:00:00Z', request_id: 'screens' } }
}

/** Document 5's envelope of a failure. */
export function failed(status: number, message: string, code = status): Answer {
  return { status, body: { code, message, data: null, timestamp: '2026-11-21T01:00:00Z', request_id: 'screens' } }
}
