import type { ChatMessage } from '#contracts/schemas/meeting.ts'
import type { ServerData } from '#contracts/schemas/signaling.ts'
import { Store } from './store.ts'

/** One line of the chat as the panel shows it. */
export interface ChatEntry {
  /** Steady from sending to sent. */
  key: string
  /** Null until the server has it. */
  seq: number | null
  userId: number
  name: string
  avatarUrl: string | null
  /** Empty once deleted. */
  content: string
  /** What became of it since: nothing for most. */
  change?: 'edited' | 'deleted'
  /** ms since 1970. */
  at: number
  state: 'sent' | 'sending' | 'failed'
}

/** The chat as far as it is here. */
export interface ChatState {
  entries: readonly ChatEntry[]
  /** Older lines exist on the server. */
  hasEarlier: boolean
  loading: boolean
}

/** What the chat needs of the outside. */
export interface ChatOptions {
  /** Sends a line; false while there is no connection. */
  send: (content: string, ref: string) => boolean
  /** Reads kept lines, oldest first. */
  read: (range: { before?: number; after?: number }) => Promise<{ messages: ChatMessage[]; total: number }>
  self: () => { userId: number; name: string; avatarUrl: string | null }
}

const SEND_WAIT = 8_000

/**
 * The chat of a meeting: optimistic, in the server's order, and whole: a gap in the numbers, or a return after an outage,
 * makes it read what was missed.
 */
export class ChatLog {
  readonly state = new Store<ChatState>({ entries: [], hasEarlier: false, loading: false })
  readonly #options: ChatOptions
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()
  #last = 0
  #refs = 0
  #catchingUp: Promise<void> | null = null

  constructor(options: ChatOptions) {
    this.#options = options
  }

  /** Says something; what cannot be sent stays, to be tried again. */
  post(content: string): void {
    const key = `own-${++this.#refs}-${Date.now()}`
    const entry: ChatEntry = { key, seq: null, ...this.#options.self(), content, at: Date.now(), state: 'sending' }
    this.state.patch({ entries: [...this.state.get().entries, entry] })
    this.#dispatch(entry)
  }

  /** Tries a failed line again. */
  retry(key: string): void {
    const entry = this.state.get().entries.find((each) => each.key === key)
    if (entry?.state !== 'failed') return
    this.#mark(key, 'sending')
    this.#dispatch(entry)
  }

  /** A line came. */
  receive(data: ServerData['chat']): void {
    if (data.ref) this.#settle(data.ref)
    this.#merge([data], data.ref)
    if (data.seq > this.#last + 1 && this.#last > 0) void this.catchUp(data.seq - 1)
    this.#last = Math.max(this.#last, data.seq)
  }

  /** A line that is here was edited or deleted. */
  change(data: ServerData['chat-changed']): void {
    if (this.state.get().entries.some((entry) => entry.seq === data.seq)) this.#merge([data])
  }

  /** Reads what is missing up to the server's number `seq`; the first time, the newest page. */
  catchUp(seq: number): Promise<void> {
    this.#catchingUp ??= this.#read(seq).finally(() => {
      this.#catchingUp = null
    })
    return this.#catchingUp
  }

  /** Reads a page of older lines. */
  async loadEarlier(): Promise<void> {
    const { entries, loading, hasEarlier } = this.state.get()
    const first = entries.find((entry) => entry.seq !== null)?.seq
    if (loading || !hasEarlier || !first) return
    this.state.patch({ loading: true })
    try {
      const { messages } = await this.#options.read({ before: first })
      this.#merge(messages)
      this.state.patch({ hasEarlier: messages.length > 0 && (messages[0]?.seq ?? 1) > 1 })
    } catch {
      // The button stays, to be pressed again.
    } finally {
      this.state.patch({ loading: false })
    }
  }

  /** What failed or is under way is tried again, after a return. */
  resend(): void {
    for (const entry of this.state.get().entries) if (entry.state === 'failed') this.retry(entry.key)
  }

  /** Stops its timers. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  async #read(seq: number): Promise<void> {
    const known = this.#contiguous()
    if (seq <= known) return
    try {
      const { messages } = await this.#options.read(known > 0 ? { after: known } : {})
      this.#merge(messages)
      if (known === 0) this.state.patch({ hasEarlier: (messages[0]?.seq ?? 1) > 1 })
      this.#last = Math.max(this.#last, messages.at(-1)?.seq ?? 0)
    } catch {
      // The next line or the next return asks again.
    }
  }

  /** The last number up to which nothing is missing since the first line here. */
  #contiguous(): number {
    let last = 0
    for (const { seq } of this.state.get().entries) {
      if (seq === null) continue
      if (last > 0 && seq !== last + 1) break
      last = seq
    }
    return last
  }

  #merge(messages: readonly ChatMessage[], ref?: string): void {
    const { entries } = this.state.get()
    const known = new Map(entries.flatMap((entry) => (entry.seq === null ? [] : [[entry.seq, entry]])))
    const unsent = entries.filter((entry) => entry.seq === null && entry.key !== ref)
    for (const message of messages) {
      known.set(message.seq, {
        key: known.get(message.seq)?.key ?? ref ?? `seq-${message.seq}`,
        seq: message.seq,
        userId: message.user_id,
        name: message.nickname || message.username,
        avatarUrl: message.avatar_url,
        content: message.content,
        ...(message.deleted ? { change: 'deleted' } : message.edited && { change: 'edited' }),
        at: Date.parse(message.timestamp),
        state: 'sent',
      })
    }
    const sent = [...known.values()].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
    this.state.patch({ entries: [...sent, ...unsent] })
  }

  #dispatch(entry: ChatEntry): void {
    if (!this.#options.send(entry.content, entry.key)) return this.#mark(entry.key, 'failed')
    this.#timers.set(
      entry.key,
      setTimeout(() => {
        this.#timers.delete(entry.key)
        this.#mark(entry.key, 'failed')
      }, SEND_WAIT),
    )
  }

  #settle(key: string): void {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
  }

  #mark(key: string, state: ChatEntry['state']): void {
    const entries = this.state
      .get()
      .entries.map((entry) => (entry.key === key && entry.seq === null ? { ...entry, state } : entry))
    this.state.patch({ entries })
  }
}
