import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/** How the fake answers one request for a completion. */
export type Script = (exchange: Exchange) => void | Promise<void>

/** One request and the means to answer it, well or badly. */
export interface Exchange {
  readonly body: CompletionBody
  readonly headers: IncomingMessage['headers']
  readonly response: ServerResponse
  /** Writes the head of a stream. */
  readonly begin: () => void
  /** One chunk with a piece of the answer. */
  readonly piece: (content: string) => void
  /** The last chunk and `[DONE]`. */
  readonly finish: () => void
  /** Resolves once the client has gone away. */
  readonly gone: Promise<void>
}

export interface CompletionBody {
  readonly model: string
  readonly messages: readonly { role: string; content: string }[]
  readonly max_tokens?: number
  readonly stream: boolean
}

/** An OpenAI-compatible server in the test's process: `/v1/chat/completions` and `/v1/models`. */
export interface FakeLanguageModel {
  readonly url: string
  /** Every completion asked for, oldest first. */
  readonly requests: readonly CompletionBody[]
  /** How the following requests are answered. */
  script: Script
  close(): Promise<void>
}

/** Answers by repeating the last message, one piece per word. */
export const echo: Script = ({ body, begin, piece, finish }) => {
  begin()
  const said = body.messages.at(-1)?.content ?? ''
  for (const word of said.split(/(?<= )/)) piece(word)
  finish()
}

/** Starts it on a free port. */
export async function startFakeLanguageModel(): Promise<FakeLanguageModel> {
  const requests: CompletionBody[] = []
  const fake = { script: echo }
  const server = createServer((request, response) => {
    void answer(request, response)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/v1/models') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'big' }, { id: 'small' }] }))
      return
    }
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const body = JSON.parse(text) as CompletionBody
    requests.push(body)
    const chunk = (delta: object, finishReason: string | null): void => {
      const choices = [{ index: 0, delta, finish_reason: finishReason }]
      response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices })}\n\n`)
    }
    await fake.script({
      body,
      headers: request.headers,
      response,
      begin: () => void response.writeHead(200, { 'content-type': 'text/event-stream' }),
      piece: (content) => chunk({ content }, null),
      finish: () => {
        chunk({}, 'stop')
        response.end('data: [DONE]\n\n')
      },
      gone: once(response, 'close').then(() => undefined),
    })
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    get script() {
      return fake.script
    },
    set script(script) {
      fake.script = script
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
