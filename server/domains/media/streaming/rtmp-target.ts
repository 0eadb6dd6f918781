import { resolveOutbound } from '#kernel/outbound-address.ts'
import { Fault, isFault } from '#kernel/fault.ts'

const RESOLVE_MS = 5_000

const invalid = (why: string): Fault => new Fault('invalid', 'media.rtmp-url', `rtmp_url ${why}`, { data: { why } })

/**
 * Where a stream may be pushed to: an RTMP address with an application and a key, in a network that is allowed. A name
 * that cannot be resolved passes: connecting will tell. Returns the address, and how it is shown, without its key.
 * @throws Fault `media.rtmp-url`, `outbound.refused`
 */
export async function checkRtmpTarget(
  text: string | undefined,
  allowPrivate: boolean,
): Promise<{ url: string; shown: string }> {
  if (text === undefined) throw invalid('is missing')
  // oxlint-disable-next-line no-control-regex -- these are what must not reach the protocol
  if (!URL.canParse(text) || /[\u0000-\u0020\u007f]/.test(text)) throw invalid('is no address')
  const url = new URL(text)
  if (url.protocol !== 'rtmp:' && url.protocol !== 'rtmps:') throw invalid('is neither rtmp nor rtmps')
  if (url.hostname === '') throw invalid('names no server')
  if (url.username !== '' || url.password !== '') throw invalid('carries a password')
  const path = url.pathname.replace(/^\//, '')
  const slash = path.lastIndexOf('/')
  if (slash < 1 || slash === path.length - 1) throw invalid('names no application and key')
  try {
    await resolveOutbound(url.hostname, allowPrivate, AbortSignal.timeout(RESOLVE_MS))
  } catch (error) {
    if (isFault(error, 'outbound.refused')) throw error
  }
  url.hash = ''
  return { url: url.href, shown: `${url.protocol}//${url.host}/${path.slice(0, slash)}` }
}
