/** Who a request or a socket speaks for, as looked up just now: a banned or signed-out caller never becomes one. */
export interface Principal {
  readonly accountId: number
  readonly uuid: string
  readonly email: string
  readonly login: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly role: 'user' | 'admin'
  readonly plan: string
  readonly matrixId: string | null
  readonly timeZone: string
  readonly locale: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  /** The signed-in session; null when an API key was shown. */
  readonly sessionId: string | null
}

/** What a caller shows to say who they are. */
export interface Credentials {
  readonly bearer?: string
  readonly apiKey?: string
}

/**
 * Looks a caller up, in one database read.
 * @throws Fault `auth.missing` (nothing shown), `auth.invalid` (forged or unknown), `auth.expired` (expired, signed out or
 *   banned), `auth.account-gone` (the account was deleted)
 */
export type Authenticate = (credentials: Credentials) => Promise<Principal>
