import { hash, parseOptions, verify } from '@node-rs/argon2'
import { Fault } from '#kernel/fault.ts'
import { createTurns } from '#kernel/turns.ts'

/** Turns passwords into hashes and compares them. */
export interface Passwords {
  hash(password: string): Promise<string>
  /**
   * Whether the password is the one hashed. With no hash (nobody has that name) it takes the same time and says no.
   */
  verify(hashed: string | undefined, password: string): Promise<boolean>
  /** Whether a hash was made with other parameters than today's. */
  isOutdated(hashed: string): boolean
}

const SHORTEST = 6
const LONGEST = 100

/** argon2id as OWASP's Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32, algorithm: 2 } as const

/**
 * Refuses passwords that are too short or too long, in characters as people count them.
 * @throws Fault `accounts.password-short`, `accounts.password-long`
 */
export function checkPassword(password: string): void {
  // No need to count the characters of a novel.
  const length = password.length > 1000 ? password.length : Array.from(password).length
  if (length < SHORTEST) {
    throw new Fault('invalid', 'accounts.password-short', `A password has at least ${SHORTEST} characters`)
  }
  if (length > LONGEST) {
    throw new Fault('invalid', 'accounts.password-long', `A password has at most ${LONGEST} characters`)
  }
}

/**
 * Hashes on at most `concurrency` threads of the pool that files and name lookups share; the rest waits, at most
 * `mostWaiting` of it, and beyond that the fault `auth.busy` says to come back.
 */
export function createPasswords({ concurrency = 2, mostWaiting = 100 } = {}): Passwords {
  const inTurn = createTurns({
    concurrency,
    mostWaiting,
    full: () =>
      new Fault('busy', 'auth.busy', 'Too many people are signing in at this moment', {
        data: { retryAfterSeconds: 2 },
      }),
  })

  // Of a password nobody can have: compared with when there is no account, so that the time tells nothing.
  let decoy: Promise<string> | undefined
  const makeDecoy = (): Promise<string> => {
    decoy ??= hash('\0 nobody', PARAMETERS).catch((error: unknown) => {
      decoy = undefined
      throw error
    })
    return decoy
  }

  return {
    hash: (password) => inTurn(() => hash(normalize(password), PARAMETERS)),
    verify: (hashed, password) =>
      inTurn(async () => {
        const right = await verify(hashed || (await makeDecoy()), normalize(password))
        return right && hashed !== undefined && hashed !== ''
      }),
    isOutdated: (hashed) => {
      const made = parseOptions(hashed)
      return (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).some((name) => made[name] !== PARAMETERS[name])
    },
  }
}

/** The same characters typed on another keyboard or system are the same password (NIST SP 800-63B, 5.1.1.2). */
function normalize(password: string): string {
  return password.normalize('NFKC')
}
