import { createHmac, timingSafeEqual } from 'node:crypto'

/** What Twilio signs its form posts with: HMAC-SHA1 over the URL and every field, sorted by name (its security guide). */
export function signatureOf(token: string, url: string, fields: Readonly<Record<string, string>>): string {
  const text = Object.keys(fields)
    .toSorted()
    .reduce((sum, name) => sum + name + (fields[name] ?? ''), url)
  return createHmac('sha1', token).update(text).digest('base64')
}

/** Whether a post really comes from Twilio; compared in equal time. */
export function isSigned(
  given: string | undefined,
  token: string,
  url: string,
  fields: Readonly<Record<string, string>>,
): boolean {
  const expected = Buffer.from(signatureOf(token, url, fields))
  const shown = Buffer.from(given ?? '')
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}
