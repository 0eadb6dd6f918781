import { startFakeServer } from './messenger-server.ts'
import type { FakeServer } from './messenger-server.ts'

/** A home server of our own: rooms, and messages with transaction ids. */
export interface FakeMatrix extends FakeServer {
  /** Messages that arrived, each once however often it was put. */
  readonly sent: { to: string; text: string }[]
  readonly rooms: Map<string, string>
  repeats(): number
}

export const MATRIX_TOKEN = 'matrix-token'

/** Starts a fake; a message over 65,536 bytes is refused. */
export async function startFakeMatrix(): Promise<FakeMatrix> {
  const sent: FakeMatrix['sent'] = []
  const rooms = new Map<string, string>()
  const transactions = new Map<string, string>()
  let repeats = 0
  const server = await startFakeServer(({ method, path, headers, body }) => {
    if (headers.authorization !== `Bearer ${MATRIX_TOKEN}`) {
      return { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', error: 'Unknown token' } }
    }
    if (method === 'POST' && path === '/_matrix/client/v3/createRoom') {
      const id = `!room${rooms.size + 1}:fake`
      rooms.set(id, (body as { invite: string[] }).invite[0] as string)
      return { status: 200, body: { room_id: id } }
    }
    const put = /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/send\/m\.room\.message\/([^/]+)$/.exec(path)
    if (method !== 'PUT' || put === null)
      return { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized' } }
    const room = decodeURIComponent(put[1] as string)
    const to = rooms.get(room)
    if (to === undefined) return { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'Not in the room' } }
    const key = `${room} ${put[2]}`
    const known = transactions.get(key)
    if (known !== undefined) {
      repeats++
      return { status: 200, body: { event_id: known } }
    }
    const text = (body as { body?: string }).body ?? ''
    if (Buffer.byteLength(text) > 65_000) return { status: 413, body: { errcode: 'M_TOO_LARGE', error: 'Too large' } }
    sent.push({ to, text })
    transactions.set(key, `$${sent.length}`)
    return { status: 200, body: { event_id: `$${sent.length}` } }
  })
  return { ...server, sent, rooms, repeats: () => repeats }
}
