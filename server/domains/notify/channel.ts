import type { OutgoingService } from '#contracts/schemas/notify.ts'
import type { TextLimit } from './split-text.ts'

/** One call to a service. */
export interface Message {
  /** The same on every try, by which a service that can do so recognises a message sent twice. */
  readonly key: string
  readonly recipient: string
  /** For a service whose messages have one (e-mail); the text stands without it. */
  readonly title: string
  readonly text: string
}

/** How a call ended. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly externalId?: string | undefined }
  /** Too fast (429): not the message's fault, and not counted as a try. */
  | { readonly kind: 'wait'; readonly ms: number; readonly scope: 'service' | 'recipient' }
  /** The service takes nothing more until then: a used-up quota, a refused token. Admins are told. */
  | { readonly kind: 'pause'; readonly until: Date; readonly reason: 'quota' | 'unauthorized'; readonly detail: string }
  /** The recipient can no longer be reached: the bot was blocked, the chat is gone. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** The service will never take this message. */
  | { readonly kind: 'rejected'; readonly detail: string }
  /** It may work later. */
  | { readonly kind: 'failed'; readonly detail: string }

/** A service messages go out through; adapters implement it. */
export interface Channel {
  readonly service: OutgoingService
  readonly limit: TextLimit
  /** Messages a second, over all recipients. */
  readonly rate: number
  /** Calls under way at once. */
  readonly concurrency: number
  /**
   * Sends one message; never throws. `signal` aborts when the server stops.
   */
  send(message: Message, signal: AbortSignal): Promise<Outcome>
  close?(): Promise<void>
}
