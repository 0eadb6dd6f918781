// The least a broadcast can be: whatever one socket says goes to all, as it is. The peer that rooms are measured beside.
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('message', (frame: Buffer) => {
    for (const other of server.clients) other.send(frame, { binary: false })
  })
})
server.on('listening', () => process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`))
