/** One server-sent event. */
export interface SseEvent {
  event: string
  data: string
}

/** Takes pieces of a stream as they come and answers the events that are whole (WHATWG HTML, section 9.2). */
export function createSseReader(): (piece: string) => SseEvent[] {
  let rest = ''
  return (piece) => {
    rest += piece
    const events: SseEvent[] = []
    for (;;) {
      const end = /\r?\n\r?\n/.exec(rest)
      if (!end) return events
      const event = read(rest.slice(0, end.index))
      rest = rest.slice(end.index + end[0].length)
      if (event) events.push(event)
    }
  }
}

function read(block: string): SseEvent | undefined {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? []
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
  return data.length > 0 ? { event, data: data.join('\n') } : undefined
}
