import { useEffect, useSyncExternalStore } from 'react'
import { createTicket } from '#contracts/calls.ts'
import type { ServerFrame } from '#contracts/calls.ts'
import { queryClient } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { callsKey } from './queries.ts'

/** A call that was not taken; `code` is the server's, and has a sentence under `calls:refused`. */
export class CallRefused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

type Acknowledged = Extract<ServerFrame, { type: 'call_ack' | 'cancel_ack' }>

interface Waiting {
  readonly resolve: (frame: Acknowledged) => void
  readonly reject: (error: Error) => void
  readonly timer: ReturnType<typeof setTimeout>
}

const ANSWER_MS = 15_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000

let users = 0
let socket: WebSocket | undefined
let retry: ReturnType<typeof setTimeout> | undefined
let retryMs = FIRST_RETRY_MS
let isLive = false
const waiting = new Map<string, Waiting>()
const queue: string[] = []
const listeners = new Set<() => void>()

function setLive(live: boolean): void {
  if (live === isLive) return
  isLive = live
  for (const listener of listeners) listener()
}

async function open(): Promise<void> {
  clearTimeout(retry)
  try {
    const { ticket } = await callApi(createTicket)
    if (users === 0) return
    // A ticket and no token: what stands in an address is worthless a minute later.
    const own = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws?token=${ticket}`)
    socket = own
    own.addEventListener('open', () => {
      retryMs = FIRST_RETRY_MS
      setLive(true)
      for (const text of queue.splice(0)) own.send(text)
      // What changed while nobody listened is read anew.
      void queryClient.invalidateQueries({ queryKey: callsKey })
    })
    own.addEventListener('message', (event) => take(JSON.parse(String(event.data)) as ServerFrame))
    own.addEventListener('close', () => {
      if (socket === own) lost()
    })
  } catch {
    lost()
  }
}

function lost(): void {
  socket = undefined
  setLive(false)
  if (users === 0) return
  retry = setTimeout(() => void open(), retryMs)
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2)
}

function take(frame: ServerFrame): void {
  if (frame.type === 'call_status') {
    void queryClient.invalidateQueries({ queryKey: callsKey })
    return
  }
  if (frame.type === 'pong' || frame.callId === undefined) return
  const one = waiting.get(frame.callId)
  if (one === undefined) return
  waiting.delete(frame.callId)
  clearTimeout(one.timer)
  if (frame.type === 'error') one.reject(new CallRefused(frame.code, frame.message))
  else one.resolve(frame)
}

function send(frame: { callId: string } & Record<string, unknown>): Promise<Acknowledged> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(frame.callId)
      reject(new CallRefused('no_answer', ''))
    }, ANSWER_MS)
    waiting.set(frame.callId, { resolve, reject, timer })
    const text = JSON.stringify(frame)
    if (socket?.readyState === WebSocket.OPEN) socket.send(text)
    else queue.push(text)
  })
}

/** Asks for a call. @throws CallRefused */
export function placeCall(call: { callId: string; to: string; message: string; keys?: string }): Promise<Acknowledged> {
  return send({ type: 'call', ...call })
}

/** Ends a call. @throws CallRefused */
export function cancelCall(callId: string): Promise<Acknowledged> {
  return send({ type: 'cancel', callId })
}

/** Keeps the socket open while a view of calls is; answers whether it is live. */
export function useCallSocket(): boolean {
  useEffect(() => {
    if (users++ === 0) void open()
    return () => {
      if (--users > 0) return
      clearTimeout(retry)
      socket?.close()
      socket = undefined
      setLive(false)
    }
  }, [])
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isLive,
  )
}
