import { createHash, randomBytes } from 'node:crypto'
import { SipSyntaxError, splitList } from './message.ts'

/** What a server asks for with 401 or 407 (RFC 7616 and RFC 8760; MD5 is what most of them still speak). */
export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess'
  readonly qop: 'auth' | undefined
  readonly isStale: boolean
}

export interface DigestCredentials {
  readonly user: string
  readonly password: string
}

const ALGORITHMS = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const

/** Reads the value of WWW-Authenticate or Proxy-Authenticate; undefined for one we cannot answer. */
export function parseChallenge(value: string): Challenge | undefined {
  const rest = /^Digest\s+(.*)$/i.exec(value)?.[1]
  if (rest === undefined) return undefined
  const params = new Map<string, string>()
  for (const part of splitList(rest)) {
    const equals = part.indexOf('=')
    if (equals < 1) throw new SipSyntaxError('a challenge with a parameter without value')
    const text = part.slice(equals + 1).trim()
    params.set(part.slice(0, equals).trim().toLowerCase(), text.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/g, '$1'))
  }
  const asked = params.get('algorithm') ?? 'MD5'
  const algorithm = ALGORITHMS.find((one) => one.toLowerCase() === asked.toLowerCase())
  const realm = params.get('realm')
  const nonce = params.get('nonce')
  const offered = params
    .get('qop')
    ?.split(',')
    .map((one) => one.trim().toLowerCase())
  if (algorithm === undefined || realm === undefined || nonce === undefined) return undefined
  if (offered !== undefined && !offered.includes('auth')) return undefined
  return {
    realm,
    nonce,
    opaque: params.get('opaque'),
    algorithm,
    qop: offered === undefined ? undefined : 'auth',
    isStale: params.get('stale')?.toLowerCase() === 'true',
  }
}

/** The strongest challenge we can answer. */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  const challenges = values.map(parseChallenge).filter((one) => one !== undefined)
  return challenges.find((one) => one.algorithm.startsWith('SHA-256')) ?? challenges[0]
}

/** The value of Authorization or Proxy-Authorization. `count`: how often this nonce was used, this time included. */
export function answerChallenge(
  challenge: Challenge,
  request: { method: string; uri: string; count: number; cnonce?: string },
  { user, password }: DigestCredentials,
): string {
  const { realm, nonce, algorithm, qop, opaque } = challenge
  const hash = (text: string): string =>
    createHash(algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
      .update(text)
      .digest('hex')
  const cnonce = request.cnonce ?? randomBytes(12).toString('hex')
  const count = request.count.toString(16).padStart(8, '0')
  const secret = hash(`${user}:${realm}:${password}`)
  const a1 = algorithm.endsWith('-sess') ? hash(`${secret}:${nonce}:${cnonce}`) : secret
  const a2 = hash(`${request.method}:${request.uri}`)
  const response = hash(qop === undefined ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${count}:${cnonce}:${qop}:${a2}`)
  const quoted = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`
  const parts = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(request.uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop === undefined && !algorithm.endsWith('-sess') ? [] : [`cnonce="${cnonce}"`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`]),
  ]
  return `Digest ${parts.join(', ')}`
}
