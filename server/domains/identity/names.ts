import { Fault } from '#kernel/fault.ts'

const EMAIL_MAX = 254
const LOGIN_MAX = 50
const NAME_MAX = 100
const MATRIX_ID_MAX = 255

// What reorders the text around it (UAX #9), so that a name cannot pass for another one or hide its end.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
// Control characters, line and paragraph separators, private use, halves of surrogate pairs.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

const LOCAL_PART = /^[^\s"(),:;<>@[\\\]\p{Cc}\p{Cf}\p{Cs}]{1,64}$/u
const DOMAIN_LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u

/** Whether a text is an e-mail address as people have them: `local@host.domain`, 254 characters at most. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (at < 1 || text.length > EMAIL_MAX) return false
  const local = text.slice(0, at)
  const labels = text.slice(at + 1).split('.')
  return (
    LOCAL_PART.test(local) &&
    !local.startsWith('.') &&
    !local.endsWith('.') &&
    !local.includes('..') &&
    labels.length > 1 &&
    labels.every((label) => DOMAIN_LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  )
}

/**
 * An e-mail address without the spaces around it. Upper and lower case stay as typed; they do not tell accounts apart.
 * @throws Fault `accounts.email-invalid`
 */
export function cleanEmail(typed: string): string {
  const email = typed.trim().normalize('NFKC')
  if (!isEmail(email)) throw new Fault('invalid', 'accounts.email-invalid', 'This is not an e-mail address')
  return email
}

/**
 * A login: letters and digits of any script, and `. _ - +` inside; no `@`, so that none looks like somebody's e-mail.
 * @throws Fault `accounts.login-invalid`
 */
export function cleanLogin(typed: string): string {
  const login = typed.trim().normalize('NFKC')
  const length = Array.from(login).length
  if (length < 1 || length > LOGIN_MAX || !/^[\p{L}\p{N}_][\p{L}\p{N}\p{M}._+-]*$/u.test(login)) {
    throw new Fault(
      'invalid',
      'accounts.login-invalid',
      `A login has 1 to ${LOGIN_MAX} letters, digits, and . _ - +, and starts with a letter or digit`,
    )
  }
  return login
}

/**
 * A name to be shown: trimmed, runs of spaces made one, direction controls taken out.
 * @throws Fault `accounts.name-invalid` when nothing visible is left, or it is too long, or has control characters
 */
export function cleanName(typed: string): string {
  const name = typed.normalize('NFC').replace(BIDI, '').replace(/\s+/gu, ' ').trim()
  if (UNPRINTABLE.test(name) || !VISIBLE.test(name) || Array.from(name).length > NAME_MAX) {
    throw new Fault(
      'invalid',
      'accounts.name-invalid',
      `A name has 1 to ${NAME_MAX} characters, something visible among them and no control characters`,
    )
  }
  return name
}

/** A login made of an e-mail's local part: what is not allowed left out, `user` where nothing is left. */
export function loginFromEmail(email: string): string {
  const local = email.slice(0, email.lastIndexOf('@')).normalize('NFKC')
  const kept = local.replace(/[^\p{L}\p{N}\p{M}._-]/gu, '').replace(/^[^\p{L}\p{N}]+/u, '')
  return (
    Array.from(kept)
      .slice(0, LOGIN_MAX - 10)
      .join('') || 'user'
  )
}

/**
 * A Matrix user ID, `@localpart:server` (Matrix specification, appendix "User identifiers"; historical ones included).
 * @throws Fault `accounts.matrix-id-invalid`
 */
export function cleanMatrixId(typed: string): string {
  const id = typed.trim()
  const isOne =
    Buffer.byteLength(id) <= MATRIX_ID_MAX &&
    /^@[\x21-\x39\x3b-\x7e]+:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/.test(
      id,
    )
  if (!isOne) throw new Fault('invalid', 'accounts.matrix-id-invalid', 'A Matrix ID looks like @name:server')
  return id
}

/**
 * The name of a time zone of the IANA database, such as `Asia/Taipei`.
 * @throws Fault `accounts.time-zone-invalid`
 */
export function cleanTimeZone(typed: string): string {
  try {
    if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(typed)) throw new RangeError('not a name')
    return new Intl.DateTimeFormat('en', { timeZone: typed }).resolvedOptions().timeZone
  } catch (cause) {
    throw new Fault('invalid', 'accounts.time-zone-invalid', 'There is no such time zone', { cause })
  }
}

/**
 * The address of a picture: one of ours, or on the web.
 * @throws Fault `accounts.avatar-url-invalid`
 */
export function cleanAvatarUrl(typed: string): string {
  const url = typed.trim()
  const isOurs = /^\/avatars\/[\w.-]+$/.test(url)
  if (!isOurs && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !/[\s\p{Cc}]/u.test(url))) {
    throw new Fault('invalid', 'accounts.avatar-url-invalid', 'The address of a picture starts with http or https')
  }
  return url
}
