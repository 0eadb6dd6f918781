import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import { ensureBoard, findBoardByName } from './board-store.ts'
import type { BoardSite } from './ports.ts'
import type { Visits } from './crawler/visits.ts'

/** A board that can be watched from now on. */
export interface SettledBoard {
  readonly id: number
  readonly name: string
  /** What is on it now could not be read; by their time alone can later articles be told from earlier ones. */
  readonly unsettled: boolean
}

/** Boards by name. */
export interface Boards {
  /**
   * Finds a board in any spelling and reads it once, so that what is on it now is known; a board that was read in the
   * last `freshMs` milliseconds (none unless given) is not read again.
   * @throws Fault `alerts.board-missing`, `alerts.no-board`, `alerts.site-down` (when an unknown board cannot be checked)
   */
  settle(name: string, freshMs?: number): Promise<SettledBoard>
  /** Names of known boards that begin so, most watched first. */
  search(prefix: string, limit: number): Promise<string[]>
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/

/** Boards over the table `boards`; names are learnt from the site and kept. */
export function createBoards(parts: { db: Database; clock: Clock; site: BoardSite; visits: Visits }): Boards {
  const { db, clock, site, visits } = parts

  /** Asks the site whether there is such a board, and how it spells it. */
  const learn = async (name: string): Promise<SettledBoard> => {
    try {
      const board = await ensureBoard(db, await canonicalName(site, name))
      await visits.visit(board.id)
      return { id: board.id, name: board.name, unsettled: false }
    } catch (error) {
      if (isFault(error, 'ptt.no-board')) throw noBoard(name)
      if (isFault(error) && error.code.startsWith('ptt.')) {
        throw new Fault('unavailable', 'alerts.site-down', 'The board cannot be checked now', { cause: error })
      }
      throw error
    }
  }

  return {
    settle: async (given, freshMs = 0) => {
      const name = given.trim()
      if (name === '') throw new Fault('invalid', 'alerts.board-missing', 'No board is named')
      if (!NAME.test(name)) throw noBoard(name)
      const known = await findBoardByName(db, name)
      if (known === undefined || known.polledAt === null) return learn(name)
      if (clock.now() - known.polledAt.getTime() < freshMs) {
        return { id: known.id, name: known.name, unsettled: false }
      }
      try {
        await visits.visit(known.id)
        return { id: known.id, name: known.name, unsettled: false }
      } catch (error) {
        if (isFault(error, 'ptt.no-board')) throw noBoard(name)
        // The name is known, so the site is not needed.
        if (isFault(error) && error.code.startsWith('ptt.')) return { id: known.id, name: known.name, unsettled: true }
        throw error
      }
    },
    search: async (prefix, limit) => {
      const rows = await db.query<{ name: string }>(
        `SELECT b.name FROM boards b WHERE gone_at IS NULL AND starts_with(lower(b.name), lower($1))
         ORDER BY (SELECT count(*) FROM alert_subscriptions s WHERE s.board_id = b.id) DESC, b.name LIMIT $2`,
        [prefix.trim(), limit],
      )
      return rows.map((row) => row.name)
    },
  }
}

async function canonicalName(site: BoardSite, name: string): Promise<string> {
  try {
    const feed = await site.readFeed(name, { etag: null, modified: null })
    if (feed !== null) return feed.board
  } catch (error) {
    if (!isFault(error, 'ptt.no-board') && !isFault(error, 'ptt.unreadable')) throw error
  }
  return (await site.readPage(name, null)).board
}

function noBoard(name: string): Fault {
  return new Fault('invalid', 'alerts.no-board', `There is no board ${name}`)
}
