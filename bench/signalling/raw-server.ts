// The least a signalling server can do: no accounts, no database, no media; joins are answered and told, chat goes to all.
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
const inside = new Map<WebSocket, object>()
let nextId = 0

server.on('connection', (socket) => {
  const person = { user_id: ++nextId, username: `person-${nextId}`, role: 'participant', media_state: {} }
  socket.on('message', (text: Buffer) => {
    const { type, data } = JSON.parse(text.toString('utf8')) as { type: string; data: { content?: string } }
    const tell = (frame: object): void => {
      const bytes = Buffer.from(JSON.stringify(frame))
      for (const other of inside.keys()) other.send(bytes, { binary: false })
    }
    if (type === 'join') {
      inside.set(socket, person)
      socket.send(JSON.stringify({ type: 'join', data: { participants: [...inside.values()] } }))
      tell({ type: 'user-joined', data: person })
    } else if (type === 'chat') {
      tell({ type: 'chat', data: { content: data.content } })
    } else if (type === 'leave') {
      socket.close()
    }
  })
  socket.on('close', () => {
    inside.delete(socket)
  })
})
server.on('listening', () => process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`))
