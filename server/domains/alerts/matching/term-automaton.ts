/**
 * Finds every term of a set in a text in one pass, and takes terms in and out without rebuilding.
 *
 * A tree of UTF-16 code units is walked from each position of the text. The classic Aho-Corasick automaton saves the
 * restarts by failure links, but each new term changes the links of others; titles have forty characters and terms
 * four, so the restarts cost less than the upkeep would. The tree is kept in one open-addressed table of
 * (node, unit) → node, because a Map per node of a hundred thousand terms costs ten times the memory; what a step needs
 * lies together, so that it costs one line of the processor's cache.
 */
export interface TermAutomaton {
  /** Takes a term in; returns its number, the same for the same term. */
  add(term: string): number
  /** Takes it out again after as many removals as additions. */
  remove(term: string): void
  /** Finds the terms of `text`; returns how many. Their numbers, each once, begin `hits`. */
  scan(text: string): number
  /** What the last scan found, and whatever lies behind it. */
  readonly hits: Int32Array
  /** Whether the last scan found the term of this number. */
  found(term: number): boolean
  /** The same without a call: the term was found where its entry is `mark`. */
  readonly marks: Uint32Array
  readonly mark: number
  /** How many additions the term has. */
  usesOf(term: string): number
  readonly size: number
}

interface Entry {
  readonly id: number
  uses: number
}

const EMPTY = -1
const FIRST_CAPACITY = 64
const FULLEST = 0.5
/** Numbers of a slot: the node an edge is from, its unit, the node it leads to, and the term that ends there or EMPTY. */
const SLOT = 4
const UNIT = 1
const TARGET = 2
const TERM = 3

/** An automaton without terms. */
export function createTermAutomaton(): TermAutomaton {
  const terms = new Map<string, Entry>()
  let capacity = FIRST_CAPACITY
  let table = new Int32Array(capacity * SLOT).fill(EMPTY)
  let nodes = 1
  let nextTerm = 0
  const freeTerms: number[] = []
  /** The scan in which a term was last found, so that each is told once. */
  let foundIn = new Uint32Array(FIRST_CAPACITY)
  let hits = new Int32Array(FIRST_CAPACITY)
  let scans = 0

  /** Where the edge from a node by a unit is, or would be. */
  const slotOf = (from: number, unit: number): number => {
    const mask = capacity - 1
    let slot = Math.imul(from, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const at = slot * SLOT
      const there = table[at]
      if (there === EMPTY || (there === from && table[at + UNIT] === unit)) return at
      slot = (slot + 1) & mask
    }
  }

  const grow = (): void => {
    const old = table
    capacity *= 2
    table = new Int32Array(capacity * SLOT).fill(EMPTY)
    for (let i = 0; i < old.length; i += SLOT) {
      if (old[i] !== EMPTY) table.set(old.subarray(i, i + SLOT), slotOf(old[i] as number, old[i + UNIT] as number))
    }
  }

  /** The slot at which a term ends. */
  const endOf = (term: string, make: boolean): number => {
    let [node, at] = [0, EMPTY]
    for (let i = 0; i < term.length; i++) {
      const unit = term.charCodeAt(i)
      at = slotOf(node, unit)
      if (table[at] === EMPTY) {
        if (!make) return EMPTY
        if (nodes > capacity * FULLEST) {
          grow()
          at = slotOf(node, unit)
        }
        table[at] = node
        table[at + UNIT] = unit
        table[at + TARGET] = nodes++
      }
      node = table[at + TARGET] as number
    }
    return at
  }

  return {
    add(term) {
      const known = terms.get(term)
      if (known !== undefined) {
        known.uses++
        return known.id
      }
      const id = freeTerms.pop() ?? nextTerm++
      if (id >= foundIn.length) {
        const larger = new Uint32Array(foundIn.length * 2)
        larger.set(foundIn)
        foundIn = larger
        hits = new Int32Array(larger.length)
      }
      terms.set(term, { id, uses: 1 })
      // Growing makes another table, so the end is asked for before the table is.
      const end = endOf(term, true)
      table[end + TERM] = id
      return id
    },
    remove(term) {
      const known = terms.get(term)
      if (known === undefined || --known.uses > 0) return
      terms.delete(term)
      // The nodes stay for the next term that passes them; a board's matcher is made anew now and then.
      table[endOf(term, false) + TERM] = EMPTY
      freeTerms.push(known.id)
    },
    scan(text) {
      scans = (scans + 1) >>> 0 || 1
      let count = 0
      for (let start = 0; start < text.length; start++) {
        let node = 0
        for (let i = start; i < text.length; i++) {
          const at = slotOf(node, text.charCodeAt(i))
          if (table[at] === EMPTY) break
          const id = table[at + TERM] as number
          if (id !== EMPTY && foundIn[id] !== scans) {
            foundIn[id] = scans
            hits[count++] = id
          }
          node = table[at + TARGET] as number
        }
      }
      return count
    },
    get hits() {
      return hits
    },
    get marks() {
      return foundIn
    },
    get mark() {
      return scans
    },
    found: (term) => foundIn[term] === scans && scans > 0,
    usesOf: (term) => terms.get(term)?.uses ?? 0,
    get size() {
      return terms.size
    },
  }
}
