import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { createSipAgent } from './agent.ts'
import type { SipAgent } from './agent.ts'
import { parseAddress, parseUri, parseVia } from './address.ts'
import { answerChallenge, chooseChallenge } from './digest.ts'
import { SipFramer } from './framer.ts'
import { SipHeaders, SipSyntaxError, isResponse, parseMessage, writeMessage } from './message.ts'
import { parseSdp } from './sdp.ts'
import { createStreamTransport } from './transport-stream.ts'
import { createUdpTransport } from './transport-udp.ts'

const OPTIONS = [
  'OPTIONS sip:confab@127.0.0.1 SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKx;rport',
  'From: <sip:a@127.0.0.1>;tag=1',
  'To: <sip:b@127.0.0.1>',
  'Call-ID: one',
  'CSeq: 1 OPTIONS',
  'Content-Length: 0',
]
const wire = (lines: readonly string[], body = ''): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
const without = (name: string): string[] => OPTIONS.filter((line) => !line.startsWith(name))
const withLine = (line: string): string[] => [...OPTIONS.slice(0, 1), line, ...OPTIONS.slice(1)]

describe('a message', () => {
  test('is read with compact names, folded lines and lists', () => {
    const message = parseMessage(
      wire([
        'INVITE sip:b@x SIP/2.0',
        'v: SIP/2.0/UDP one;branch=z9hG4bK1, SIP/2.0/UDP two;branch=z9hG4bK2',
        'f: "A, B" <sip:a@x>;tag=1',
        't: <sip:b@x>',
        'i: id',
        'CSeq: 1',
        '  INVITE',
        'm: <sip:a@x;p="1,2">',
      ]),
    )
    if (isResponse(message)) throw new Error('it is a request')
    expect(message.headers.all('Via').length).toBe(2)
    expect(message.headers.get('CSeq')).toBe('1 INVITE')
    expect(message.headers.all('Contact')).toEqual(['<sip:a@x;p="1,2">'])
    expect(parseAddress(message.headers.get('From') ?? '').params.get('tag')).toBe('1')
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no end', Buffer.from('OPTIONS sip:a SIP/2.0\r\nVia: x\r\n')],
    ['zeros', Buffer.alloc(2_000)],
    ['another protocol', wire(['GET / HTTP/1.1', ...OPTIONS.slice(1)])],
    ['another version', wire(['OPTIONS sip:a@b SIP/3.0', ...OPTIONS.slice(1)])],
    ['a status of four digits', wire(['SIP/2.0 2000 OK', ...OPTIONS.slice(1)])],
    ['no Via', wire(without('Via'))],
    ['no Call-ID', wire(without('Call-ID'))],
    ['a line that is no field', wire(withLine('nonsense'))],
    ['a field without a name', wire(withLine(': value'))],
    ['a NUL', wire(withLine('Subject: a\0b'))],
    ['a lone line feed', wire(withLine('Subject: a\nVia: forged'))],
    ['a length that is none', wire([...without('Content-Length'), 'Content-Length: many'])],
    ['a body shorter than it says', wire([...without('Content-Length'), 'Content-Length: 100'], 'short')],
    ['a thousand fields', wire([...OPTIONS, ...Array.from({ length: 1_000 }, () => 'X: y')])],
    ['more than 64 KiB', wire(withLine(`X: ${'y'.repeat(70_000)}`))],
  ])('with %s is refused', (_name, bytes) => {
    expect(() => parseMessage(bytes)).toThrow(SipSyntaxError)
  })

  test('of random bytes never does anything but be refused', () => {
    let seed = 7
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff)
    const good = wire(OPTIONS)
    for (let round = 0; round < 2_000; round++) {
      const bytes = Buffer.from(good)
      for (let change = 0; change < 1 + (random() % 8); change++) bytes[random() % bytes.length] = random() & 0xff
      try {
        parseMessage(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(SipSyntaxError)
      }
    }
  })

  test('is never written with a line break in a field', () => {
    const headers = new SipHeaders([['To', '<sip:x>\r\nContact: <sip:evil>']])
    expect(() => writeMessage({ method: 'INVITE', uri: 'sip:x', headers, body: '' })).toThrow('line break')
  })
})

describe('addresses', () => {
  test.each(['', 'tel:+1', 'sip:', 'sip:a b@c', 'sip:a@b:99999', 'sip:a@<b>', 'http://x'])(
    '%j is no SIP URI',
    (text) => {
      expect(() => parseUri(text)).toThrow(SipSyntaxError)
    },
  )

  test('of IPv6, with parameters', () => {
    expect(parseUri('sip:a@[2001:db8::1]:5062;transport=tcp;lr')).toMatchObject({ host: '[2001:db8::1]', port: 5062 })
    expect(parseVia('SIP/2.0/TCP [::1]:5060;branch=z9hG4bK1;rport').params.has('rport')).toBe(true)
  })
})

describe('a session description', () => {
  const good = 'v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\nm=audio 4000 RTP/AVP 96 8\r\n'
  test('names dynamic types by their maps, and hold by its direction', () => {
    const sound = parseSdp(`${good}a=rtpmap:96 telephone-event/8000\r\na=sendonly\r\n`)
    expect(sound).toMatchObject({ port: 4000, eventType: 96, direction: 'sendonly' })
    expect(sound.codecs).toEqual([{ codec: 'PCMA', payloadType: 8 }])
  })

  test.each([
    '',
    'v=1',
    'garbage',
    'v=0\r\nm=video 4000 RTP/AVP 96\r\n',
    good.replace('c=IN IP4 1.2.3.4\r\n', ''),
    good.replace('4000', '99999'),
    good.replace('m=audio', 'm=audio\0'),
    `v=0\r\n${'a=x\r\n'.repeat(1_000)}m=audio 1 RTP/AVP 0\r\n`,
  ])('%j is refused', (text) => {
    expect(() => parseSdp(text)).toThrow(SipSyntaxError)
  })
})

describe('a stream', () => {
  test('is cut into messages however it arrives', () => {
    const framer = new SipFramer()
    const whole = Buffer.concat([wire(OPTIONS), Buffer.from('\r\n\r\n'), wire(OPTIONS)])
    const found: Buffer[] = []
    for (const byte of whole) found.push(...framer.push(Buffer.from([byte])))
    expect(found.map((one) => parseMessage(one).headers.get('Call-ID'))).toEqual(['one', 'one'])
  })

  test('without lengths, or without end, is given up', () => {
    expect(() => new SipFramer().push(wire(without('Content-Length')))).toThrow(SipSyntaxError)
    expect(() => new SipFramer().push(Buffer.alloc(70_000, 'x'))).toThrow(SipSyntaxError)
  })
})

describe('digest', () => {
  test('is what RFC 7616 has, by MD5 and by SHA-256', () => {
    const header = (algorithm: string): string =>
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
      'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    const request = {
      method: 'GET',
      uri: '/dir/index.html',
      count: 1,
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    }
    const who = { user: 'Mufasa', password: 'Circle of Life' }
    const md5 = chooseChallenge([header('MD5')])
    const sha = chooseChallenge([header('MD5'), header('SHA-256')])
    if (md5 === undefined || sha === undefined) throw new Error('no challenge')
    expect(answerChallenge(md5, request, who)).toContain('response="8ca523f5e9506fed4657c9700eebdbec"')
    expect(answerChallenge(sha, request, who)).toContain(
      'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
    )
  })
})

describe('an agent that is shot at', () => {
  let agent: SipAgent | undefined
  afterEach(async () => {
    await agent?.close()
    agent = undefined
  })
  const timers = { t1: 20, t2: 160, t4: 200 }
  const begin = async (transport: Parameters<typeof createSipAgent>[0]['transport']): Promise<number> => {
    agent = createSipAgent({ transport, timers, log: silentLog, user: 'confab', publicHost: undefined })
    await agent.start()
    return transport.port
  }

  test('by UDP still answers whoever speaks properly', async () => {
    const port = await begin(createUdpTransport({ host: '127.0.0.1', port: 0, log: silentLog }))
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const shots = [
      Buffer.alloc(1_400, 0xff),
      wire(['INVITE sip:x SIP/2.0', 'Via: nonsense', ...OPTIONS.slice(2)]),
      wire([...OPTIONS.slice(0, 5), 'CSeq: 1 INVITE', 'Content-Length: 0']),
      wire(['SIP/2.0 200 OK', ...OPTIONS.slice(1)]),
      wire(['BYE sip:x@y SIP/2.0', ...OPTIONS.slice(1, 5), 'CSeq: 1 BYE', 'Content-Length: 0']),
    ]
    const heard: string[] = []
    socket.on('message', (bytes) => heard.push(bytes.toString().split('\r\n', 1)[0] ?? ''))
    for (const shot of shots) socket.send(shot, port, '127.0.0.1')
    socket.send(wire(OPTIONS), port, '127.0.0.1')
    await expect.poll(() => heard).toContain('SIP/2.0 200 OK')
    // A BYE out of the blue belongs to no call.
    expect(heard.filter((line) => line !== 'SIP/2.0 200 OK')).toEqual(['SIP/2.0 405 Method Not Allowed'])
    await new Promise<void>((done) => socket.close(done))
  })

  test('by TCP hangs up on what is no SIP, and goes on with the rest', async () => {
    const port = await begin(createStreamTransport({ host: '127.0.0.1', port: 0, log: silentLog }))
    const bad = connect(port, '127.0.0.1')
    bad.on('error', () => {})
    const closed = new Promise((resolve) => bad.once('close', resolve))
    bad.write(Buffer.alloc(80_000, 'x'))
    await closed
    const good = connect(port, '127.0.0.1')
    good.write(wire(OPTIONS))
    const [answer] = (await once(good, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^SIP\/2\.0 200 OK/)
    good.destroy()
  })
})
