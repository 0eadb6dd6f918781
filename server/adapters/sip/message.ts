/** A SIP message that could not be read; `message` says why in a few words. */
export class SipSyntaxError extends Error {}

/** One request (RFC 3261, section 7.1). Header names are in their long form. */
export interface SipRequest {
  readonly method: string
  readonly uri: string
  readonly headers: SipHeaders
  readonly body: string
}

/** One response (RFC 3261, section 7.2). */
export interface SipResponse {
  readonly status: number
  readonly reason: string
  readonly headers: SipHeaders
  readonly body: string
}

export type SipMessage = SipRequest | SipResponse

/** Whether a message is a response. */
export function isResponse(message: SipMessage): message is SipResponse {
  return 'status' in message
}

/** RFC 3261, section 7.3.3, and RFC 4028. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  i: 'Call-ID',
  m: 'Contact',
  e: 'Content-Encoding',
  l: 'Content-Length',
  c: 'Content-Type',
  f: 'From',
  s: 'Subject',
  k: 'Supported',
  t: 'To',
  v: 'Via',
  x: 'Session-Expires',
}

/** Headers whose lines may carry several values, separated by commas. */
const LISTS: ReadonlySet<string> = new Set([
  'via',
  'route',
  'record-route',
  'contact',
  'allow',
  'supported',
  'require',
  'unsupported',
])

/** Header fields in their order. */
export class SipHeaders {
  private readonly fields: (readonly [name: string, value: string])[]

  constructor(fields: readonly (readonly [string, string])[] = []) {
    this.fields = [...fields]
  }

  /** The first value; undefined where there is none. */
  get(name: string): string | undefined {
    return this.all(name)[0]
  }

  /** Every value, in order; lists are taken apart. */
  all(name: string): string[] {
    const wanted = name.toLowerCase()
    const values = this.fields.filter(([field]) => field.toLowerCase() === wanted).map(([, value]) => value)
    return LISTS.has(wanted) ? values.flatMap(splitList) : values
  }

  /** Whether a list such as Allow or Supported names `token`. */
  names(name: string, token: string): boolean {
    return this.all(name).some((value) => value.toLowerCase() === token.toLowerCase())
  }

  entries(): readonly (readonly [string, string])[] {
    return this.fields
  }
}

/** Larger than anything a telephone sends; a UDP packet cannot be. */
export const MOST_BYTES = 65_535
const MOST_HEADERS = 200
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/
const REQUIRED = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const

/**
 * Reads one whole message, as a UDP packet or a framer has it.
 * @throws SipSyntaxError
 */
export function parseMessage(bytes: Buffer): SipMessage {
  if (bytes.length > MOST_BYTES) throw new SipSyntaxError('larger than 64 KiB')
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw new SipSyntaxError('no end of the header')
  const [first = '', ...lines] = unfold(bytes.toString('utf8', 0, end)).split('\r\n')
  const headers = parseHeaders(lines)
  for (const name of REQUIRED) if (headers.get(name) === undefined) throw new SipSyntaxError(`no ${name}`)
  const body = bodyOf(bytes.subarray(end + 4), headers)
  return { ...parseStart(first), headers, body }
}

function parseStart(line: string): { method: string; uri: string } | { status: number; reason: string } {
  const response = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i.exec(line)
  if (response !== null) return { status: Number(response[1]), reason: response[2] ?? '' }
  const request = /^([A-Z]{1,32}) (\S{1,2048}) SIP\/2\.0$/.exec(line)
  if (request === null) throw new SipSyntaxError('the first line is neither a request nor a response')
  return { method: request[1] ?? '', uri: request[2] ?? '' }
}

function parseHeaders(lines: readonly string[]): SipHeaders {
  if (lines.length > MOST_HEADERS) throw new SipSyntaxError('too many header fields')
  return new SipHeaders(
    lines.map((line) => {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).trimEnd()
      if (colon < 1 || !TOKEN.test(name)) throw new SipSyntaxError('a header field without a name')
      const value = line.slice(colon + 1).trim()
      // A NUL or a lone CR or LF would be read otherwise by the next one.
      if (/[\0\r\n]/.test(value)) throw new SipSyntaxError('a control character in a header field')
      return [LONG_NAMES[name.toLowerCase()] ?? name, value] as const
    }),
  )
}

/** Lines that begin with blanks go on with the one before (RFC 3261, section 7.3.1). */
function unfold(head: string): string {
  return head.replace(/\r\n[ \t]+/g, ' ')
}

function bodyOf(rest: Buffer, headers: SipHeaders): string {
  const length = headers.get('Content-Length')
  if (length === undefined) return rest.toString('utf8')
  if (!/^\d{1,6}$/.test(length)) throw new SipSyntaxError('Content-Length is no number')
  if (Number(length) > rest.length) throw new SipSyntaxError('the body is shorter than Content-Length says')
  return rest.toString('utf8', 0, Number(length))
}

/** The values between the commas that stand outside of quotes and angle brackets. */
export function splitList(line: string): string[] {
  const values: string[] = []
  let start = 0
  let isQuoted = false
  let isBracketed = false
  for (let at = 0; at < line.length; at++) {
    const one = line[at]
    if (isQuoted && one === '\\') at++
    else if (one === '"') isQuoted = !isQuoted
    else if (!isQuoted && one === '<') isBracketed = true
    else if (!isQuoted && one === '>') isBracketed = false
    else if (one === ',' && !isQuoted && !isBracketed) {
      values.push(line.slice(start, at).trim())
      start = at + 1
    }
  }
  values.push(line.slice(start).trim())
  return values.filter((value) => value !== '')
}

/** The message as it goes over the wire; Content-Length is added. */
export function writeMessage(message: SipMessage): Buffer {
  const first = isResponse(message)
    ? `SIP/2.0 ${message.status} ${message.reason}`
    : `${message.method} ${message.uri} SIP/2.0`
  const lines = [first]
  for (const [name, value] of message.headers.entries()) {
    // Whatever came from outside, a value never becomes two lines.
    if (/[\r\n\0]/.test(value)) throw new Error(`a line break in the header field ${name}`)
    lines.push(`${name}: ${value}`)
  }
  lines.push(`Content-Length: ${Buffer.byteLength(message.body)}`, '', message.body)
  return Buffer.from(lines.join('\r\n'))
}
