import type { ChatMessage } from '#contracts/schemas/assistant.ts'

/** Something said that the server has not taken yet. */
export interface Pending {
  readonly text: string
  /** Why it was not taken; it can be sent again. */
  readonly error?: unknown
}

/** The shown branch of a conversation, as far as it is loaded. */
export interface Thread {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error?: unknown
  /** Oldest first. */
  readonly messages: readonly ChatMessage[]
  readonly nextCursor: string | null
  readonly pending: Pending | null
  /** An answer was asked for and has not ended. */
  readonly isWriting: boolean
}

export interface LoadedPage {
  readonly messages: readonly ChatMessage[]
  readonly nextCursor: string | null
}

/** A thread nothing is known of yet. */
export const unknown: Thread = { phase: 'loading', messages: [], nextCursor: null, pending: null, isWriting: false }
/** The thread of a conversation that is about to begin. */
export const blank: Thread = { ...unknown, phase: 'ready' }

const same = (a: ChatMessage, b: ChatMessage): boolean =>
  a.updatedAt === b.updatedAt &&
  a.status === b.status &&
  a.content.length === b.content.length &&
  a.branches.join() === b.branches.join()

/** The newest page was read: it replaces what it covers, and keeps older ones that belong to the same branch. */
export function withNewest(thread: Thread, page: LoadedPage): Thread {
  const first = page.messages[0]
  const at = first === undefined ? -1 : thread.messages.findIndex((one) => one.id === first.id)
  const known = new Map(thread.messages.map((one) => [one.id, one]))
  // What has not changed stays the same object, so that it is not drawn again.
  const read = page.messages.map((one) => {
    const before = known.get(one.id)
    return before && same(before, one) ? before : one
  })
  const isJoined = at > 0
  return {
    ...thread,
    phase: 'ready',
    error: undefined,
    messages: isJoined ? [...thread.messages.slice(0, at), ...read] : read,
    nextCursor: isJoined ? thread.nextCursor : page.nextCursor,
  }
}

/** An older page was read. */
export function withOlder(thread: Thread, page: LoadedPage): Thread {
  return { ...thread, messages: [...page.messages, ...thread.messages], nextCursor: page.nextCursor }
}

/** Something was said at the end, or in the place of a message (and all that followed it). */
export function withQuestion(thread: Thread, text: string, insteadOf?: number): Thread {
  return { ...cutBefore(thread, insteadOf), pending: { text }, isWriting: true }
}

/** Another answer was asked for in the place of one. */
export function withoutAnswer(thread: Thread, answerId: number): Thread {
  const message = thread.messages.find((one) => one.id === answerId)
  return { ...(message?.role === 'user' ? thread : cutBefore(thread, answerId)), isWriting: true }
}

function cutBefore(thread: Thread, messageId: number | undefined): Thread {
  const at = thread.messages.findIndex((one) => one.id === messageId)
  return at < 0 ? thread : { ...thread, messages: thread.messages.slice(0, at) }
}

/** The server took the question and began an answer. `alternatives` are the ids beside which the new one stands. */
export function withBeginning(
  thread: Thread,
  begun: { question: ChatMessage | null; answerId: number | undefined; conversationId: number },
  alternatives: { question?: readonly number[]; answer?: readonly number[] } = {},
): Thread {
  const { question, answerId, conversationId } = begun
  const messages = [...thread.messages]
  if (question && !messages.some((one) => one.id === question.id)) {
    messages.push({ ...question, branches: [...(alternatives.question ?? []), question.id] })
  }
  if (answerId !== undefined && !messages.some((one) => one.id === answerId)) {
    const at = question?.createdAt ?? new Date().toISOString()
    messages.push({
      id: answerId,
      conversationId,
      role: 'assistant',
      content: '',
      createdAt: at,
      updatedAt: at,
      status: 'streaming',
      error: null,
      model: null,
      tokens: null,
      branches: [...(alternatives.answer ?? []), answerId],
    })
  }
  return { ...thread, phase: 'ready', messages, pending: null, isWriting: answerId !== undefined }
}

/** The answer's text so far. */
export function withText(thread: Thread, answerId: number, content: string): Thread {
  return { ...thread, messages: thread.messages.map((one) => (one.id === answerId ? { ...one, content } : one)) }
}

/** The answer as it was kept in the end. */
export function withAnswer(thread: Thread, answer: ChatMessage): Thread {
  const at = thread.messages.findIndex((one) => one.id === answer.id)
  const before = thread.messages[at]
  if (!before) return { ...thread, isWriting: false }
  const branches = answer.branches.length >= before.branches.length ? answer.branches : before.branches
  return { ...thread, messages: thread.messages.with(at, { ...answer, branches }), isWriting: false }
}
