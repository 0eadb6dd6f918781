/** Who somebody is to the installation. */
export type Role = 'user' | 'admin'

/** Whether an account may be used. */
export type AccountStatus = 'active' | 'banned' | 'deleted'

/** The languages we speak. */
export type Locale = 'zh-TW' | 'zh-CN' | 'en'

/** From where somebody acts, as far as the connection tells. */
export interface Visit {
  readonly address: string
  readonly userAgent: string
  /** Scheme and host by which they reached us, e.g. `https://confab.example.com`; null from the command line. */
  readonly origin: string | null
  /** The language their browser asks for. */
  readonly locale: Locale | null
}

/** A mail on its way. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** A calendar file that belongs to it (RFC 6047). */
  readonly calendar?: { readonly method: 'REQUEST' | 'CANCEL'; readonly content: string }
}

/** Hands mails to the world. */
export interface Mailer {
  /** Resolves once the mail is handed over. @throws Error when it was not, to be tried again */
  send(mail: Mail): Promise<void>
  close(): void
}

/** The mails we write, with what each of them needs. */
interface LetterValues {
  'password-reset': { name: string; link: string }
  'password-changed': { name: string; time: string; address: string }
  'email-changed': { name: string; time: string; address: string; email: string }
  'meeting-invited': { name: string; title: string; host: string; time: string; link: string }
  'meeting-changed': { name: string; title: string; host: string; time: string; link: string }
  'meeting-cancelled': { name: string; title: string; host: string; time: string }
  'meeting-uninvited': { name: string; title: string; host: string; time: string }
}

/** Puts a letter into words. */
export type ComposeLetter = <K extends keyof LetterValues>(
  kind: K,
  locale: Locale,
  values: LetterValues[K],
) => { readonly subject: string; readonly text: string; readonly html: string }

/** Keeps people's pictures. */
export interface Avatars {
  /**
   * Checks, shrinks and keeps a picture; returns the path it is served at.
   * @throws Fault `accounts.avatar-invalid` when the bytes are no picture we take
   */
  keep(accountUuid: string, bytes: Buffer): Promise<string>
  /** Forgets a picture that `keep` returned; anything else is left alone. */
  forget(path: string): Promise<void>
}
