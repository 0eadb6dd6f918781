/** One server-sent event, its data parsed. */
export interface ServerSentEvent {
  readonly event: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects
  readonly data: any
}

/** Reads a response's events as they come. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent> {
  if (response.body === null) return
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      const event = /^event: (.*)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) }
    }
  }
}

/** All events until the stream ends. */
export async function allEventsOf(response: Response): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = []
  for await (const one of eventsOf(response)) events.push(one)
  return events
}
