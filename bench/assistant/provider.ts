// A language model that emits 200 tokens a second to each who asks; a process of its own, so that its work is not ours.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const EVERY_MS = 5

const server = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk: string) => (text += chunk))
  request.on('end', () => {
    if (request.url === '/v1/models') return void response.end('{"object":"list","data":[{"id":"bench"}]}')
    const { messages } = JSON.parse(text) as { messages: { content: string }[] }
    // `100 tokens` as the last line of what is asked says how many; anything else (a title) is answered by one.
    const count = Number(/^(\d+) tokens$/m.exec(messages.at(-1)?.content ?? '')?.[1] ?? 1)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const chunk = (delta: object, finish: string | null): void => {
      const choices = [{ index: 0, delta, finish_reason: finish }]
      response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices })}\n\n`)
    }
    let sent = 0
    const began = performance.now()
    const emit = (): void => {
      // By the clock, so that a late timer is caught up with instead of slowing the stream.
      const due = Math.min(count, Math.floor((performance.now() - began) / EVERY_MS) + 1)
      for (; sent < due; sent++) chunk({ content: ` t${performance.timeOrigin + performance.now()}` }, null)
      if (sent < count) return
      clearInterval(timer)
      chunk({}, 'stop')
      response.end('data: [DONE]\n\n')
    }
    const timer = setInterval(emit, EVERY_MS)
    response.on('close', () => clearInterval(timer))
    emit()
  })
})
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))
