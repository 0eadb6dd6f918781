import { useEffect, useSyncExternalStore } from 'react'
import * as contracts from '#contracts/assistant.ts'
import { queryClient } from '@/app/query.ts'
import { ApiError, NetworkError } from '@/lib/api-error.ts'
import { callApi } from '@/lib/api.ts'
import { onSessionChange } from '@/lib/session.ts'
import { conversationsKey } from '../api/conversations.ts'
import { type StreamEvent, openStream } from '../api/stream.ts'
import { draftOf, keepDraft } from './drafts.ts'
import { createFlush } from './flush.ts'
import * as to from './thread.ts'
import type { Thread } from './thread.ts'

// The conversations that are open on this page, outside React: an answer goes on coming while one looks elsewhere.

/** A conversation's id, or `new` for the one that is about to begin. */
export type ThreadKey = number | 'new'

const PAGE = 100
const threads = new Map<ThreadKey, Thread>()
const listeners = new Set<() => void>()
const loadingOlder = new Map<number, Promise<void>>()

function change(key: ThreadKey, apply: (thread: Thread) => Thread): void {
  threads.set(key, apply(threads.get(key) ?? (key === 'new' ? to.blank : to.unknown)))
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The thread of a conversation; it is read when it is first looked at. */
export function useThread(key: ThreadKey): Thread {
  const thread = useSyncExternalStore(subscribe, () => threads.get(key)) ?? (key === 'new' ? to.blank : to.unknown)
  useEffect(() => {
    if (key !== 'new' && !threads.get(key)?.isWriting) void refresh(key)
  }, [key])
  return thread
}

/** Reads the newest page, and joins the answer that is being written, if any. */
export async function refresh(id: number): Promise<void> {
  try {
    const page = await callApi(contracts.listMessages, { params: { conversationId: id }, query: { limit: PAGE } })
    if (threads.get(id)?.isWriting) return
    change(id, (thread) => to.withNewest(thread, page))
    if (page.messages.at(-1)?.status === 'streaming') void follow(id)
  } catch (error) {
    change(id, (thread) => (thread.phase === 'ready' ? thread : { ...thread, phase: 'failed', error }))
  }
}

/** Reads the page before what is loaded; who asks while it is being read waits for the same one. */
export function loadOlder(key: ThreadKey): Promise<void> {
  const cursor = threads.get(key)?.nextCursor
  if (key === 'new' || !cursor) return Promise.resolve()
  const underWay = loadingOlder.get(key)
  if (underWay) return underWay
  const loading = readOlder(key, cursor).finally(() => loadingOlder.delete(key))
  loadingOlder.set(key, loading)
  return loading
}

async function readOlder(id: number, cursor: string): Promise<void> {
  try {
    const query = { limit: PAGE, cursor }
    const page = await callApi(contracts.listMessages, { params: { conversationId: id }, query })
    if (threads.get(id)?.nextCursor === cursor) change(id, (thread) => to.withOlder(thread, page))
  } catch {
    // Scrolling up asks again.
  }
}

/** Shows a message wherever it is, on another branch or far up: its whole branch is read, at once rather than page by page. */
export async function reveal(id: number, messageId: number): Promise<void> {
  const thread = threads.get(id)
  if (!thread || thread.isWriting || thread.messages.some((one) => one.id === messageId)) return
  await callApi(contracts.showBranch, { params: { messageId } })
  const branch = await callApi(contracts.listMessages, { params: { conversationId: id } })
  change(id, (before) => to.withNewest(before, branch))
}

/** Reads a conversation anew if it is open here and nothing is coming in: another tab or device did something. */
export function refreshOpen(id: number): void {
  if (threads.has(id) && !threads.get(id)?.isWriting) void refresh(id)
}

/** Forgets a deleted conversation. */
export function forget(id: number): void {
  threads.delete(id)
}

/** Says something. Answers the conversation's id once the server took it, also that of a new one. */
export async function say(key: ThreadKey, message: string, model?: string): Promise<number | undefined> {
  change(key, (thread) => to.withQuestion(thread, message))
  try {
    const body = { message, conversationId: key === 'new' ? null : key, ...(model ? { model } : {}) }
    return await run(key, await openStream(contracts.streamMessage, { body }))
  } catch (error) {
    change(key, (thread) => ({ ...thread, pending: { text: message, error }, isWriting: false }))
    return undefined
  }
}

/** Takes back what could not be sent; answers its text. */
export function discard(key: ThreadKey): string {
  const text = threads.get(key)?.pending?.text ?? ''
  change(key, (thread) => ({ ...thread, pending: null }))
  return text
}

/** Says an earlier message otherwise. Rejects, with everything as it was, when the server does not take it. */
export function edit(id: number, messageId: number, message: string): Promise<unknown> {
  const question = threads.get(id)?.messages.find((one) => one.id === messageId)?.branches ?? []
  return replace(
    id,
    (thread) => to.withQuestion(thread, message, messageId),
    () => openStream(contracts.editMessage, { params: { messageId }, body: { message } }),
    { question },
  )
}

/** Answers again beside an answer, or a question that has none. Rejects as `edit` does. */
export function regenerate(id: number, messageId: number): Promise<unknown> {
  const message = threads.get(id)?.messages.find((one) => one.id === messageId)
  const answer = message?.role === 'assistant' ? message.branches : []
  return replace(
    id,
    (thread) => to.withoutAnswer(thread, messageId),
    () => openStream(contracts.regenerateReply, { params: { messageId }, body: {} }),
    { answer },
  )
}

async function replace(
  id: number,
  apply: (thread: Thread) => Thread,
  open: () => Promise<AsyncGenerator<StreamEvent>>,
  alternatives: Alternatives,
): Promise<void> {
  const before = threads.get(id)
  change(id, apply)
  try {
    await run(id, await open(), alternatives)
  } catch (error) {
    if (before) change(id, () => before)
    throw error
  }
}

/** Ends the answer that is being written; what is there is kept. */
export async function stop(key: ThreadKey): Promise<void> {
  if (key !== 'new') await callApi(contracts.stopReply, { params: { conversationId: key } })
}

type Alternatives = Parameters<typeof to.withBeginning>[2]

/** Takes a stream until the question was taken; the rest goes on by itself. Answers the conversation's id. */
async function run(
  key: ThreadKey,
  events: AsyncGenerator<StreamEvent>,
  alternatives?: Alternatives,
): Promise<number | undefined> {
  const first = await events.next()
  if (first.done || first.value.event !== 'ready') throw new NetworkError(false)
  const id = first.value.data.conversationId
  if (key === 'new') {
    threads.set(id, threads.get('new') ?? to.blank)
    threads.delete('new')
    // What was typed meanwhile belongs to the conversation that began.
    keepDraft(id, draftOf('new'))
    keepDraft('new', '')
  }
  begin(id, first.value, alternatives)
  void queryClient.invalidateQueries({ queryKey: conversationsKey })
  void take(id, events, first.value.data.assistantMessageId).then((isWhole) => (isWhole ? undefined : follow(id)))
  return id
}

function begin(id: number, ready: StreamEvent & { event: 'ready' }, alternatives?: Alternatives): void {
  const { userMessage: question, assistantMessageId: answerId } = ready.data
  change(id, (thread) => to.withBeginning(thread, { question, answerId, conversationId: id }, alternatives))
}

/** Takes what is left of a stream. False when it broke off. */
async function take(id: number, events: AsyncGenerator<StreamEvent>, answerId: number | undefined): Promise<boolean> {
  let text = ''
  const flush = createFlush(() => {
    if (answerId !== undefined) change(id, (thread) => to.withText(thread, answerId, text))
  })
  try {
    for await (const each of events) {
      if (each.event === 'delta') {
        text += each.data.content
        flush.soon()
      } else if (each.event === 'complete') {
        flush.cancel()
        change(id, (thread) => to.withAnswer(thread, each.data.assistantMessage))
      } else if (each.event === 'done') {
        change(id, (thread) => ({ ...thread, isWriting: false }))
        void queryClient.invalidateQueries({ queryKey: conversationsKey })
        return true
      }
    }
  } catch {
    // Broken off: whoever called joins again.
  } finally {
    flush.now()
  }
  return false
}

const following = new Set<number>()

/** Joins an answer that is being written, as often as the network breaks off, until it is whole. */
async function follow(id: number): Promise<void> {
  if (following.has(id)) return
  following.add(id)
  try {
    for (let tries = 0; threads.has(id); tries++) {
      try {
        const events = await openStream(contracts.followReply, { params: { conversationId: id } })
        const first = await events.next()
        if (!first.done && first.value.event === 'ready') {
          tries = 0
          if (first.value.data.assistantMessageId !== undefined) begin(id, first.value)
          if (await take(id, events, first.value.data.assistantMessageId)) break
        }
      } catch (error) {
        if (error instanceof ApiError) break
      }
      await backOnline(Math.min(15_000, 500 * 2 ** tries))
    }
  } finally {
    following.delete(id)
  }
  change(id, (thread) => ({ ...thread, isWriting: false }))
  await settle(id)
}

/** Reads how it ended. An answer that another process writes shows as being written until a message of the bus says more. */
async function settle(id: number): Promise<void> {
  const read = { params: { conversationId: id }, query: { limit: PAGE } }
  const page = await callApi(contracts.listMessages, read).catch(() => undefined)
  if (page && !threads.get(id)?.isWriting) change(id, (thread) => to.withNewest(thread, page))
}

function backOnline(ms: number): Promise<void> {
  return new Promise((done) => {
    const over = (): void => {
      clearTimeout(timer)
      window.removeEventListener('online', over)
      done()
    }
    const timer = setTimeout(over, ms)
    window.addEventListener('online', over)
  })
}

// Nobody else sees what the last one wrote.
onSessionChange((reason) => reason === 'chosen' && threads.clear())
