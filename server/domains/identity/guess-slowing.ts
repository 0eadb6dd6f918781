import { isIPv6 } from 'node:net'
import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'

/** One try at a password, counted as wrong from the start so that many at once are not free. */
interface Guess {
  /** The password was right: what this address got wrong at this account is forgotten. */
  right(): void
  /** Nothing was learnt (the try never came to an answer): as if it had not been made. */
  undo(): void
}

/** Slows down whoever guesses passwords. */
export interface GuessSlowing {
  /**
   * Begins a try at `account` (an e-mail, a login, an id) from `address`.
   * @throws Fault `auth.slowed` with `retryAfterSeconds` while this address has to wait, and `isNews` the first time
   *   that this wait is told
   */
  begin(account: string, address: string): Guess
}

interface Count {
  wrong: number
  lastAt: number
  /** Whether the present wait was told before. */
  told?: boolean
}

const FREE_PER_ACCOUNT = 10
const FREE_PER_ADDRESS = 60
const LONGEST_WAIT_MS = 15 * 60_000
const FORGOTTEN_AFTER_MS = 60 * 60_000
const KEYS_PER_GENERATION = 25_000

/**
 * Counts wrong passwords per address and account, and per address alone; never per account alone, because then anybody
 * could keep its owner out. Past the free ones each wrong try doubles the wait, up to a quarter of an hour. In memory
 * and bounded: two generations of counts, of which the older goes as a whole when the younger is full, because taking
 * single oldest entries out of a Map costs a walk over all that were taken out before.
 */
export function createGuessSlowing(clock: Clock): GuessSlowing {
  let young = new Map<string, Count>()
  let old = new Map<string, Count>()

  const read = (key: string): Count => {
    const known = young.get(key) ?? old.get(key)
    if (known !== undefined && clock.now() - known.lastAt < FORGOTTEN_AFTER_MS) return known
    return { wrong: 0, lastAt: 0 }
  }
  const forget = (key: string): void => {
    young.delete(key)
    old.delete(key)
  }
  const write = (key: string, count: Count): void => {
    if (count.wrong <= 0) return forget(key)
    if (young.size >= KEYS_PER_GENERATION && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, count)
  }
  const waitOf = (key: string, free: number): number => {
    const { wrong, lastAt } = read(key)
    if (wrong < free) return 0
    const wait = Math.min(1000 * 2 ** (wrong - free), LONGEST_WAIT_MS)
    return Math.max(0, lastAt + wait - clock.now())
  }

  return {
    begin: (account, address) => {
      const from = neighbourhood(address)
      const byAccount = `${from} ${account.toLowerCase().slice(0, 256)}`
      const wait = Math.max(waitOf(byAccount, FREE_PER_ACCOUNT), waitOf(from, FREE_PER_ADDRESS))
      if (wait > 0) {
        const key = waitOf(byAccount, FREE_PER_ACCOUNT) > 0 ? byAccount : from
        const isNews = read(key).told !== true
        if (isNews) write(key, { ...read(key), told: true })
        throw new Fault('busy', 'auth.slowed', 'Too many wrong passwords from this address', {
          data: { retryAfterSeconds: Math.ceil(wait / 1000), isNews },
        })
      }
      const before = { account: read(byAccount).lastAt, address: read(from).lastAt }
      const now = clock.now()
      write(byAccount, { wrong: read(byAccount).wrong + 1, lastAt: now })
      write(from, { wrong: read(from).wrong + 1, lastAt: now })
      const takeBack = (key: string, lastAt: number): void => {
        const { wrong, lastAt: last } = read(key)
        write(key, { wrong: wrong - 1, lastAt: last === now ? lastAt : last })
      }
      return {
        right: () => {
          forget(byAccount)
          takeBack(from, before.address)
        },
        undo: () => {
          takeBack(byAccount, before.account)
          takeBack(from, before.address)
        },
      }
    },
  }
}

/** Who counts as one: an IPv4 address, or the /64 of an IPv6 address, since everybody at home has a whole one. */
export function neighbourhood(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
