import { Fault } from '#kernel/fault.ts'

/** A conversation as it is kept. */
export interface ConversationRow {
  readonly id: number
  readonly account_id: number
  readonly title: string
  readonly title_source: 'first' | 'model' | 'user'
  readonly model: string | null
  readonly system_prompt: string | null
  readonly pinned: boolean
  readonly leaf_id: number | null
  readonly created_at: Date
  readonly updated_at: Date
}

export type MessageStatus = 'complete' | 'streaming' | 'stopped' | 'failed' | 'interrupted'

/** A message as it is kept; its branch is the chain of parents. */
export interface MessageRow {
  readonly id: number
  readonly conversation_id: number
  readonly parent_id: number | null
  readonly role: 'user' | 'assistant'
  readonly content: string
  readonly status: MessageStatus
  readonly error: string | null
  readonly model: string | null
  readonly tokens: number | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** A message with its alternatives (itself among them), oldest first. */
export interface BranchedMessage extends MessageRow {
  readonly branches: readonly number[]
}

/** A part of a list and the cursor of the next. */
export interface Page<T> {
  readonly items: T[]
  readonly nextCursor: string | null
}

/** The same for what is another account's. */
export function conversationMissing(): Fault {
  return new Fault('missing', 'assistant.conversation-missing', 'There is no such conversation')
}

/** One answer at a time in a conversation. */
export function replyRunning(): Fault {
  return new Fault('conflict', 'assistant.reply-running', 'An answer is already being written here')
}

const TITLE_LENGTH = 40

/** A title from the first message: its first line, cut at about 40 characters. */
export function titleOf(message: string): string {
  const line = message.trim().split(/\r?\n/, 1)[0]?.trim() ?? ''
  const characters = Array.from(line)
  return characters.length <= TITLE_LENGTH ? line : `${characters.slice(0, TITLE_LENGTH - 1).join('')}…`
}
