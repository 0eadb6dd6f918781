import type { FastifyRequest } from 'fastify'
import type { Locale, Visit } from '#domains/identity/ports.ts'

/** From where a request comes, for records and mails. */
export function visitOf(request: FastifyRequest): Visit {
  return {
    address: plainAddress(request.ip),
    userAgent: request.headers['user-agent'] ?? '',
    origin: originOf(request),
    locale: preferredLocale(request.headers['accept-language']),
  }
}

/** The scheme and host the client reached us by; null where it names no host that could be one. */
export function originOf(request: FastifyRequest): string | null {
  const { host, protocol } = request
  return /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(host)
    ? `${protocol}://${host}`
    : null
}

/** An IPv4 address that came over an IPv6 socket, as the IPv4 address it is. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

/** The first of our languages that an Accept-Language header names (RFC 9110, section 12.5.4); null for none. */
export function preferredLocale(header: string | undefined): Locale | null {
  const wanted = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = Number(/^\s*q=([\d.]+)\s*$/.exec(parameters[0] ?? 'q=1')?.[1] ?? 0)
      return { tag: tag.trim(), weight }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
  for (const { tag } of wanted) {
    if (/^en\b/.test(tag)) return 'en'
    if (/^zh-(hant|tw|hk|mo)\b/.test(tag)) return 'zh-TW'
    if (/^zh\b/.test(tag)) return 'zh-CN'
  }
  return null
}
