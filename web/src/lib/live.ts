import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { LiveFrame, LiveRequest } from '#contracts/live.ts'
import { freshSession } from './refresh.ts'
import { currentSession, onSessionChange } from './session.ts'

// One socket for everything live of the account. It opens when somebody listens and is signed in, comes back by itself,
// and asks for what was missed in the rooms whose cursors it is told.

export type LiveStatus = 'idle' | 'connecting' | 'open' | 'waiting'
type FrameOf<Type extends LiveFrame['type']> = Extract<LiveFrame, { type: Type }>
type Listener = (frame: never) => void

const listeners = new Map<LiveFrame['type'], Set<Listener>>()
const cursorSources = new Set<() => Iterable<readonly [number, number]>>()
const statusListeners = new Set<() => void>()
const PING_MS = 25_000
/** Without a sign of life for so long the connection is given up. */
const SILENT_MS = 40_000

let socket: WebSocket | undefined
let status: LiveStatus = 'idle'
let attempts = 0
let retry: ReturnType<typeof setTimeout> | undefined
let pulse: ReturnType<typeof setInterval> | undefined
let heardAt = 0
let watched: number | null = null

/** Hears frames of one type until the answered function is called. The socket opens with the first listener. */
export function onLive<Type extends LiveFrame['type']>(
  type: Type,
  listener: (frame: FrameOf<Type>) => void,
): () => void {
  const known = listeners.get(type) ?? new Set()
  listeners.set(type, known.add(listener))
  if (status === 'idle') void connect()
  return () => known.delete(listener)
}

/** Says something; what is said while there is no connection is not sent. */
export function sendLive(request: LiveRequest): void {
  if (request.type === 'watch') watched = request.room_id
  if (socket?.readyState === WebSocket.OPEN && status === 'open') socket.send(JSON.stringify(request))
}

/** Tells which rooms' messages are held here, and up to which change, whenever the socket opens again. */
export function holdCursors(source: () => Iterable<readonly [number, number]>): void {
  cursorSources.add(source)
}

/** How the connection stands. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => {
      statusListeners.add(listener)
      return () => statusListeners.delete(listener)
    },
    () => status,
  )
}

/** Hears frames of one type for as long as the component shows. */
export function useLive<Type extends LiveFrame['type']>(type: Type, listener: (frame: FrameOf<Type>) => void): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => onLive(type, (frame) => latest.current(frame)), [type])
}

/** Hears events of another part (`contracts/events`), and once when some may have been missed (`data` undefined). */
export function useLiveEvent(topic: string, listener: (data: unknown) => void): void {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const ends = [
      onLive('event', (frame) => frame.topic === topic && latest.current(frame.data)),
      onLive('ready', () => latest.current(undefined)),
      onLive('resync', () => latest.current(undefined)),
    ]
    return () => ends.forEach((end) => end())
  }, [topic])
}

function setStatus(to: LiveStatus): void {
  status = to
  for (const listener of statusListeners) listener()
}

async function connect(): Promise<void> {
  clearTimeout(retry)
  if (!currentSession()) return setStatus('idle')
  setStatus('connecting')
  const session = await freshSession().catch(() => undefined)
  if (session === null) return setStatus('idle')
  if (session === undefined) return comeBack()
  const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws/events`, ['bearer', session.accessToken])
  socket = opened
  heardAt = Date.now()
  opened.addEventListener('open', () => {
    const cursors = Object.fromEntries([...cursorSources].flatMap((source) => [...source()]))
    opened.send(JSON.stringify({ type: 'hello', cursors } satisfies LiveRequest))
  })
  opened.addEventListener('message', ({ data }) => {
    if (socket === opened) take(JSON.parse(data as string) as LiveFrame)
  })
  opened.addEventListener('close', () => {
    if (socket === opened) comeBack()
  })
  clearInterval(pulse)
  pulse = setInterval(() => {
    if (Date.now() - heardAt > SILENT_MS) opened.close()
    else sendLive({ type: 'ping' })
  }, PING_MS)
}

function take(frame: LiveFrame): void {
  heardAt = Date.now()
  if (frame.type === 'ready') {
    attempts = 0
    setStatus('open')
    if (watched !== null) sendLive({ type: 'watch', room_id: watched })
  }
  for (const listener of listeners.get(frame.type) ?? []) listener(frame as never)
}

function comeBack(): void {
  clearInterval(pulse)
  socket = undefined
  if (!currentSession()) return setStatus('idle')
  setStatus('waiting')
  // Half a second, doubled up to fifteen, and not everybody at once after a restart.
  const wait = Math.min(15_000, 500 * 2 ** attempts++) * (0.5 + Math.random() / 2)
  retry = setTimeout(() => void connect(), wait)
}

/** Tries at once: the network is back, or the page is looked at again. */
function wake(): void {
  if (status !== 'waiting') return
  attempts = 0
  void connect()
}

window.addEventListener('online', wake)
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake())
onSessionChange(() => {
  if (currentSession()) {
    if (status === 'idle' && listeners.size > 0) void connect()
    return
  }
  clearTimeout(retry)
  clearInterval(pulse)
  const left = socket
  socket = undefined
  watched = null
  left?.close()
  setStatus('idle')
})
