import { SipSyntaxError } from './message.ts'

/** A SIP URI, as far as routing needs it (RFC 3261, section 19.1). */
export interface SipUri {
  readonly isSecure: boolean
  readonly user: string | undefined
  readonly host: string
  readonly port: number | undefined
  /** Parameters, names in lower case; those without a value are empty. */
  readonly params: ReadonlyMap<string, string>
}

/** A URI with what stands around it in From, To, Contact and Route. */
export interface SipAddress {
  /** As it was written. */
  readonly uri: string
  readonly params: ReadonlyMap<string, string>
}

const URI = /^(sips?):(?:([^@<>\s]*)@)?(\[[0-9a-f:.]+\]|[^\s:;?@<>[\]]+)(?::(\d{1,5}))?((?:;[^?\s]*)?)(?:\?\S*)?$/i

/** @throws SipSyntaxError when it is no SIP URI */
export function parseUri(text: string): SipUri {
  const found = URI.exec(text)
  if (found === null) throw new SipSyntaxError('no SIP URI')
  const [, scheme = '', user, host = '', port, params = ''] = found
  if (port !== undefined && Number(port) > 65_535) throw new SipSyntaxError('no such port')
  return {
    isSecure: scheme.toLowerCase() === 'sips',
    user,
    host,
    port: port === undefined ? undefined : Number(port),
    params: parseParams(params),
  }
}

/** Reads `"Name" <sip:…>;tag=…` or `sip:…;tag=…`. @throws SipSyntaxError */
export function parseAddress(text: string): SipAddress {
  const bracketed = /^(?:"(?:[^"\\]|\\.)*"|[^"<]*)\s*<([^<>\s]+)>(.*)$/.exec(text)
  if (bracketed !== null) return { uri: bracketed[1] ?? '', params: parseParams(bracketed[2] ?? '') }
  // Without brackets, parameters belong to the header field and not to the URI (RFC 3261, section 20.10).
  const [uri = '', ...params] = text.split(';')
  if (uri === '' || /[\s<>"]/.test(uri)) throw new SipSyntaxError('no address')
  return { uri: uri.trim(), params: parseParams(params.join(';')) }
}

/** `;a=1;b` as a map. */
export function parseParams(text: string): Map<string, string> {
  const params = new Map<string, string>()
  for (const part of text.split(';')) {
    const [name = '', ...value] = part.split('=')
    if (name.trim() !== '')
      params.set(
        name.trim().toLowerCase(),
        value
          .join('=')
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      )
  }
  return params
}

/** A Via field (RFC 3261, section 20.42). */
export interface Via {
  readonly transport: string
  readonly host: string
  readonly port: number | undefined
  readonly params: ReadonlyMap<string, string>
}

/** @throws SipSyntaxError */
export function parseVia(text: string): Via {
  const found = /^SIP\s*\/\s*2\.0\s*\/\s*(\w+)\s+(\[[0-9a-f:.]+\]|[^\s:;]+)(?:\s*:\s*(\d{1,5}))?\s*(;.*)?$/i.exec(text)
  if (found === null) throw new SipSyntaxError('no Via')
  const [, transport = '', host = '', port, params = ''] = found
  return {
    transport: transport.toUpperCase(),
    host,
    port: port === undefined ? undefined : Number(port),
    params: parseParams(params),
  }
}

/** `7 INVITE`. @throws SipSyntaxError */
export function parseCSeq(text: string): { number: number; method: string } {
  const found = /^(\d{1,10})\s+([A-Z]+)$/.exec(text)
  const number = Number(found?.[1])
  if (found === null || number >= 2 ** 31) throw new SipSyntaxError('no CSeq')
  return { number, method: found[2] ?? '' }
}
