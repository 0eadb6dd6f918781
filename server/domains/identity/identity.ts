import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { Log } from '#kernel/log.ts'
import type { Secrets } from '#kernel/secrets.ts'
import type { AccountBus } from './access.ts'
import { createAccessTokens } from './access-tokens.ts'
import type { Account } from './account.ts'
import { createAdministration } from './administration.ts'
import type { Administration } from './administration.ts'
import { createAuthenticate } from './authenticate.ts'
import type { Eraser } from './deletion.ts'
import { createGuessSlowing } from './guess-slowing.ts'
import { pruneIdentity } from './housekeeping.ts'
import { createLetters } from './letters.ts'
import type { Parts } from './parts.ts'
import { createPasswordChanges } from './password-changes.ts'
import type { PasswordChanges } from './password-changes.ts'
import { createPasswords } from './passwords.ts'
import type { Avatars, ComposeLetter, Mailer } from './ports.ts'
import type { Authenticate } from './principal.ts'
import { createProfiles } from './profiles.ts'
import type { Profiles } from './profiles.ts'
import { register, registerAndSignIn } from './registration.ts'
import type { RegistrationRequest } from './registration.ts'
import { createSessionActivity } from './session-activity.ts'
import { createSessions } from './sessions.ts'
import type { Sessions } from './sessions.ts'
import { signIn } from './sign-in.ts'
import type { SignInRequest, SignedIn } from './sign-in.ts'

/** Accounts: who people are, how they sign in, and what they may do with that. */
export interface Identity {
  readonly authenticate: Authenticate
  /** Creates an account, without signing it in. Faults: see `registration.ts`. */
  register(request: RegistrationRequest): Promise<Account>
  /** Creates an account and signs it in. */
  registerAndSignIn(request: RegistrationRequest): Promise<SignedIn>
  /** Faults: see `sign-in.ts`. */
  signIn(request: SignInRequest): Promise<SignedIn>
  readonly sessions: Sessions
  readonly passwords: PasswordChanges
  readonly profiles: Profiles
  readonly administration: Administration
  /** Has `eraser` run in the transaction of every deletion, for what another domain keeps of an account. */
  onErasure(eraser: Eraser): void
  start(): Promise<void>
  stop(): Promise<void>
}

export interface IdentityOptions {
  readonly db: Database
  readonly bus: AccountBus
  readonly jobs: Pick<Jobs, 'define'>
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: Log
  readonly mailer: Mailer
  readonly compose: ComposeLetter
  readonly avatars: Avatars
  /** The address people use, where it is configured; for links in mails. */
  readonly publicUrl: string | undefined
  /** The time zone of new accounts. */
  readonly timeZone: string
  /** How long security events are kept, in days. Default 365. */
  readonly auditDays?: number
}

const HOUSEKEEPING_MS = 60 * 60_000

/** The accounts of an installation. */
export function createIdentity(options: IdentityOptions): Identity {
  const { db, bus, jobs, secrets, clock, log, auditDays = 365 } = options
  const parts: Parts = {
    db,
    bus,
    secrets,
    clock,
    log,
    passwords: createPasswords(),
    guesses: createGuessSlowing(clock),
    tokens: createAccessTokens({ key: secrets.derive('jwt'), clock }),
    timeZone: options.timeZone,
  }
  const erasers: Eraser[] = []
  const activity = createSessionActivity({ db, clock, log })
  const authenticate = createAuthenticate({
    db,
    clock,
    tokens: parts.tokens,
    onUse: (id, seen) => activity.use(id, seen),
  })
  const letters = createLetters({ ...parts, ...options })
  const whole = { ...parts, letters, erasers, avatars: options.avatars }

  jobs.define('identity.housekeeping', { everyMs: HOUSEKEEPING_MS }, async () => {
    await pruneIdentity(db, { now: new Date(clock.now()), auditDays })
    return null
  })

  return {
    authenticate,
    register: (request) => register(parts, request),
    registerAndSignIn: (request) => registerAndSignIn(parts, request),
    signIn: (request) => signIn(parts, request),
    sessions: createSessions({ ...parts, refreshKey: secrets.derive('refresh-successor'), authenticate }),
    passwords: createPasswordChanges(whole),
    profiles: createProfiles(whole),
    administration: createAdministration(whole),
    onErasure: (eraser) => void erasers.push(eraser),
    start: async () => activity.start(),
    stop: async () => {
      await activity.stop()
      options.mailer.close()
    },
  }
}
