import { once } from 'node:events'
import { WebSocket } from 'ws'
import { LoadConnection, remoteEnd } from '../sfu/load-connection.ts'
import { answerTo, Sender } from '../sfu/load-media.ts'

/** How somebody goes: says so in the room, says so by REST, or is just gone, as when a machine is shut. */
export type Going = 'frame' | 'rest' | 'gone' | 'back and frame'

interface Frame {
  readonly type: string
  readonly data: { sdp?: string; transport?: string; session_id?: string; code?: string; message?: string }
}

const PACKET = Buffer.alloc(400)
/** Milliseconds between packets: a thumbnail of a picture. */
const EVERY_MS = 50
/** Generous, because what else the machine does is none of the server's fault. */
const PATIENCE_MS = 60_000

/** Calls a route of document 5 as somebody; what it answers as `data`. */
export async function callAs<T>(url: string, token: string, path: string, body: object = {}): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const answer = (await response.json()) as { data: T; message: string }
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${answer.message}`)
  return answer.data
}

/** One stay in a meeting: joins by REST and by socket, sends a picture, takes everybody's, talks, and goes. */
export class Visit {
  received = 0
  private socket: WebSocket | null = null
  private sessionId = ''
  private readonly waiting = new Map<string, (frame: Frame) => void>()
  private readonly url: string
  private readonly token: string
  private readonly meetingId: number
  private readonly connections: LoadConnection[] = []
  private subscribe: LoadConnection | null = null
  private answering: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | undefined
  private failure: Error | null = null

  constructor(url: string, token: string, meetingId: number) {
    this.url = url
    this.token = token
    this.meetingId = meetingId
  }

  /** Comes in and sends, `withMedia`; else only listens and talks. */
  async enter(withMedia: boolean): Promise<void> {
    await callAs(this.url, this.token, `/meetings/${this.meetingId}/join`)
    await this.open('')
    if (!withMedia) return
    const publish = await this.connection()
    const sender = new Sender(publish)
    const answered = this.next('answer')
    this.say('offer', { type: 'offer', sdp: sender.offer(), transport: 'publish' })
    await publish.connect(remoteEnd((await answered).data.sdp ?? ''))
    sender.connected()
    this.timer = setInterval(() => {
      sender.queue(PACKET, performance.now())
      sender.flush()
    }, EVERY_MS)
  }

  /** Says things, raises a hand, hides the camera and shows it again. */
  async behave(ms: number): Promise<void> {
    this.say('chat', { content: 'a line as long as people write when they have something to say' })
    this.say('hand', { raised: true })
    this.say('media-state', { video_enabled: false })
    await this.stay(ms / 2)
    this.say('media-state', { video_enabled: true })
    this.say('hand', { raised: false })
    this.say('reaction', { emoji: '👏' })
    await this.stay(ms / 2)
  }

  /** Goes, and leaves nothing open on this side. */
  async leave(how: Going): Promise<void> {
    if (how === 'back and frame') {
      this.socket?.terminate()
      await this.open(`&session_id=${this.sessionId}`)
    }
    const socket = this.socket
    if (socket?.readyState === WebSocket.OPEN && how !== 'gone') {
      const closed = once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) })
      closed.catch(() => {})
      if (how === 'rest') await callAs(this.url, this.token, `/meetings/${this.meetingId}/leave`)
      else this.say('leave', {})
      await closed
    }
    this.abandon()
  }

  /** Ends everything on this side at once. */
  abandon(): void {
    clearInterval(this.timer)
    this.socket?.terminate()
    for (const connection of this.connections) connection.close()
  }

  private async open(more: string): Promise<void> {
    const address = `${this.url.replace('http', 'ws')}/ws/signaling?meeting_id=${this.meetingId}&token=${this.token}`
    const socket = new WebSocket(address + more)
    this.socket = socket
    socket.on('error', (error) => (this.failure ??= error))
    socket.on('message', (data: Buffer) => {
      if (this.socket !== socket) return
      const frame = JSON.parse(data.toString('utf8')) as Frame
      if (frame.type === 'error') this.failure ??= new Error(`${frame.data.code}: ${frame.data.message}`)
      this.waiting.get(frame.type)?.(frame)
      // One after the other: the first has a connection to make.
      if (frame.type === 'offer') {
        const { sdp = '' } = frame.data
        this.answering = this.answering
          .then(() => this.answer(sdp))
          .catch((error: Error) => void (this.failure ??= error))
      }
    })
    const joined = this.next('join')
    await once(socket, 'open', { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (more === '') this.say('join', {})
    this.sessionId = (await joined).data.session_id ?? ''
  }

  private async answer(offer: string): Promise<void> {
    const isFirst = this.subscribe === null
    const connection = (this.subscribe ??= await this.connection())
    this.say('answer', { type: 'answer', sdp: answerTo(offer, connection), transport: 'subscribe' })
    if (!isFirst) return
    connection.onMedia = () => this.received++
    await connection.connect(remoteEnd(offer))
  }

  private async connection(): Promise<LoadConnection> {
    const connection = await LoadConnection.open()
    this.connections.push(connection)
    return connection
  }

  private say(type: string, data: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type, data }))
  }

  private async next(type: string): Promise<Frame> {
    return await new Promise<Frame>((resolve, reject) => {
      const tooLate = setTimeout(() => reject(this.failure ?? new Error(`no ${type} came`)), PATIENCE_MS)
      this.waiting.set(type, (frame) => {
        clearTimeout(tooLate)
        this.waiting.delete(type)
        resolve(frame)
      })
    })
  }

  private async stay(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (this.failure !== null) throw this.failure
  }
}
