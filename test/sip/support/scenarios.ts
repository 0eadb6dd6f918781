// Scenarios for sipp as the called side, put together from steps.

const COPIED = `[last_Via:]
      [last_From:]
      [last_To:];tag=[pid]SIPpTag01[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      [last_Record-Route:]`

const COPIED_IN_DIALOG = COPIED.replace(';tag=[pid]SIPpTag01[call_number]', '')

const message = (text: string): string => `<![CDATA[
      ${text.trim()}

    ]]>`

/** What sipp answers. */
export function send(
  status: string,
  options: { headers?: string; sdp?: string; inDialog?: boolean; isFinal?: boolean; contact?: boolean } = {},
): string {
  const { headers = '', sdp, inDialog = false, contact = true } = options
  const lines = [
    `SIP/2.0 ${status}`,
    inDialog ? COPIED_IN_DIALOG : COPIED,
    contact ? 'Contact: <sip:[local_ip]:[local_port];transport=[transport]>' : '',
    headers,
    sdp === undefined ? 'Content-Length: 0' : 'Content-Type: application/sdp\n      Content-Length: [len]',
  ].filter((line) => line !== '')
  const isFinal = options.isFinal ?? Number(status.slice(0, 3)) >= 300
  return `<send${isFinal || sdp !== undefined ? ' retrans="500"' : ''}>${message(
    lines.join('\n      ') + (sdp === undefined ? '' : `\n\n${sdp}`),
  )}</send>`
}

/** What sipp waits for. */
export const recv = (request: string, more = '', inner = ''): string =>
  `<recv request="${request}" ${more}${inner === '' ? '/>' : `>${inner}</recv>`}`
/** A response it waits for. */
export const recvStatus = (status: number, more = ''): string => `<recv response="${status}" ${more}/>`
export const pause = (ms: number): string => `<pause milliseconds="${ms}"/>`

/** A description of sound at `port`. */
export function sdp(
  port: number,
  options: { formats?: string; direction?: string; version?: number; address?: string } = {},
): string {
  const { formats = '0 8 101', direction = 'sendrecv', version = 1, address = '127.0.0.1' } = options
  const where = `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`
  return [
    'v=0',
    `o=sipp 53655765 ${version} ${where}`,
    's=-',
    `c=${where}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${formats}`,
    ...formats.split(' ').flatMap((type) => (RTPMAP[type] === undefined ? [] : [`a=rtpmap:${type} ${RTPMAP[type]}`])),
    'a=ptime:20',
    `a=${direction}`,
  ]
    .map((line) => `      ${line}`)
    .join('\n')
}

const RTPMAP: Readonly<Record<string, string>> = {
  0: 'PCMU/8000',
  8: 'PCMA/8000',
  18: 'G729/8000',
  101: 'telephone-event/8000',
}

/** The whole of it. */
export function scenario(...steps: readonly string[]): string {
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="other side">
  <Global variables=""/>
${steps.map((step) => `  ${step}`).join('\n')}
</scenario>
`.replace('  <Global variables=""/>\n', '')
}

/** Answers, hears the message out, and is hung up on. */
export const answers = (rtpPort: number, headers = '', address?: string): string =>
  scenario(
    recv('INVITE'),
    send('100 Trying', { contact: false }),
    // Many exchanges leave Contact out of a 180.
    send('180 Ringing', { contact: false }),
    send('200 OK', { sdp: sdp(rtpPort, address === undefined ? {} : { address }), headers }),
    recv('ACK'),
    recv('BYE'),
    send('200 OK', { inDialog: true }),
  )

/** Refuses with `status`. */
export const refuses = (status: string, headers = ''): string =>
  scenario(recv('INVITE'), send(status, { headers }), recv('ACK'))

/** Rings until it is called off. */
export const rings = (): string =>
  scenario(
    recv(
      'INVITE',
      '',
      `<action><ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
      <ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="number"/></action>`,
    ),
    send('180 Ringing'),
    recv('CANCEL'),
    send('200 OK', { inDialog: false }),
    `<send retrans="500">${message(`SIP/2.0 487 Request Terminated
      Via:[$via]
      [last_From:]
      [last_To:];tag=[pid]SIPpTag01[call_number]
      [last_Call-ID:]
      CSeq: [$number] INVITE
      Content-Length: 0`)}</send>`,
    recv('ACK'),
  )

/** Asks who we are by 401, checks the answer, then takes the call; a wrong answer is refused with 403. */
export const asksWhoWeAre = (rtpPort: number, password: string): string =>
  scenario(
    recv('INVITE'),
    send('401 Unauthorized', {
      headers: 'WWW-Authenticate: Digest realm="example.org", nonce="47ebe028", qop="auth"',
    }),
    recv('ACK'),
    recv('INVITE', '', `<action><verifyauth assign_to="valid" username="confab" password="${password}"/></action>`),
    '<nop hide="true" test="valid" next="good"/>',
    send('403 Forbidden'),
    recv('ACK', 'next="end"'),
    '<label id="good"/>',
    send('200 OK', { sdp: sdp(rtpPort) }),
    recv('ACK'),
    recv('BYE'),
    send('200 OK', { inDialog: true }),
    '<label id="end"/>',
  )

/** Asks by 407 and takes the call if it is answered to at all: sipp verifies no Proxy-Authorization (kamailio does). */
export const asksAsProxy = (rtpPort: number): string =>
  scenario(
    recv('INVITE'),
    send('407 Proxy Authentication Required', {
      headers: 'Proxy-Authenticate: Digest realm="example.org", nonce="47ebe028", algorithm=SHA-256, qop="auth"',
    }),
    recv('ACK'),
    recv(
      'INVITE',
      '',
      `<action><ereg regexp="Digest username=.confab..*response=.[0-9a-f]{64}.*nc=00000001" search_in="hdr"
        header="Proxy-Authorization:" check_it="true" assign_to="answer"/><log message="[$answer]"/></action>`,
    ),
    send('200 OK', { sdp: sdp(rtpPort) }),
    recv('ACK'),
    recv('BYE'),
    send('200 OK', { inDialog: true }),
  )

/** Keeps both ends' names, for requests of the called side. */
const rememberEnds = `<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="other"/>
      <ereg regexp=".*" search_in="hdr" header="To:" assign_to="myself"/></action>`

/** A request of the called side, after `rememberEnds`. */
export function request(
  method: string,
  cseq: number,
  options: { sdp?: string; headers?: string; ack?: boolean } = {},
): string {
  const lines = [
    `${method} sip:confab@[remote_ip]:[remote_port] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'From:[$myself];tag=[pid]SIPpTag01[call_number]',
    'To:[$other]',
    '[last_Call-ID:]',
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:[local_ip]:[local_port];transport=[transport]>',
    'Max-Forwards: 70',
    options.headers ?? '',
    options.sdp === undefined ? 'Content-Length: 0' : 'Content-Type: application/sdp\n      Content-Length: [len]',
  ].filter((line) => line !== '')
  const body = options.sdp === undefined ? '' : `\n\n${options.sdp}`
  return `<send${method === 'ACK' ? '' : ' retrans="500"'}>${message(lines.join('\n      ') + body)}</send>`
}

/** Takes the call, then does something of its own, then waits for the end. */
export const takesAnd = (rtpPort: number, steps: readonly string[], options: { hangsUp?: boolean } = {}): string =>
  scenario(
    recv('INVITE', '', rememberEnds),
    send('200 OK', { sdp: sdp(rtpPort) }),
    recv('ACK'),
    ...steps,
    ...(options.hangsUp ? [] : [recv('BYE'), send('200 OK', { inDialog: true })]),
  )
