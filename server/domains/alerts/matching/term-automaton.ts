/**
 * Finds every term of a set in a text in one pass, and takes terms in and out without rebuilding.
 *
 * A tree of UTF-16 code units is walked from each position of the text. The classic Aho-Corasick automaton saves the
 * restarts by failure links, but each new term changes the links of others; titles have forty characters and terms
 * four, so the restarts cost less than the upkeep would. The tree is kept in one open-addressed table of
 * (node, unit) → node, because a Map per node of a hundred thousand terms costs ten times the memory.
 */
export interface TermAutomaton {
  /** Takes a term in; returns its number, the same for the same term. */
  add(term: string): number
  /** Takes it out again after as many removals as additions. */
  remove(term: string): void
  /** Calls `found` with the number of each term in `text`, once per term. */
  scan(text: string, found: (term: number) => void): void
  /** Whether the last scan found the term of this number. */
  found(term: number): boolean
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

/** An automaton without terms. */
export function createTermAutomaton(): TermAutomaton {
  const terms = new Map<string, Entry>()
  let capacity = FIRST_CAPACITY
  // The table: an edge from `froms[slot]` by `units[slot]` leads to `targets[slot]`.
  let froms = new Int32Array(capacity).fill(EMPTY)
  let units = new Uint16Array(capacity)
  let targets = new Int32Array(capacity)
  let edges = 0
  let nodes = 1
  /** The number of the term that ends at a node, or EMPTY. */
  let ends = new Int32Array(FIRST_CAPACITY).fill(EMPTY)
  let nextTerm = 0
  const freeTerms: number[] = []
  /** The scan in which a term was last found, so that each is told once. */
  let foundIn = new Uint32Array(FIRST_CAPACITY)
  let scans = 0

  const slotOf = (from: number, unit: number): number => {
    const mask = capacity - 1
    let slot = Math.imul(from, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)
    slot = (slot ^ (slot >>> 15)) & mask
    while (froms[slot] !== EMPTY && (froms[slot] !== from || units[slot] !== unit)) slot = (slot + 1) & mask
    return slot
  }

  const growEdges = (): void => {
    const old = { froms, units, targets }
    capacity *= 2
    froms = new Int32Array(capacity).fill(EMPTY)
    units = new Uint16Array(capacity)
    targets = new Int32Array(capacity)
    for (let i = 0; i < old.froms.length; i++) {
      const from = old.froms[i] as number
      if (from === EMPTY) continue
      const unit = old.units[i] as number
      const slot = slotOf(from, unit)
      froms[slot] = from
      units[slot] = unit
      targets[slot] = old.targets[i] as number
    }
  }

  const step = (node: number, unit: number, make: boolean): number => {
    const slot = slotOf(node, unit)
    if (froms[slot] === node) return targets[slot] as number
    if (!make) return EMPTY
    const made = nodes++
    if (made >= ends.length) {
      const larger = new Int32Array(ends.length * 2).fill(EMPTY)
      larger.set(ends)
      ends = larger
    }
    froms[slot] = node
    units[slot] = unit
    targets[slot] = made
    if (++edges > capacity * FULLEST) growEdges()
    return made
  }

  const nodeOf = (term: string, make: boolean): number => {
    let node = 0
    for (let i = 0; i < term.length && node !== EMPTY; i++) node = step(node, term.charCodeAt(i), make)
    return node
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
      }
      terms.set(term, { id, uses: 1 })
      ends[nodeOf(term, true)] = id
      return id
    },
    remove(term) {
      const known = terms.get(term)
      if (known === undefined || --known.uses > 0) return
      terms.delete(term)
      // The nodes stay for the next term that passes them; a board's matcher is made anew now and then.
      ends[nodeOf(term, false)] = EMPTY
      freeTerms.push(known.id)
    },
    scan(text, found) {
      scans = (scans + 1) >>> 0 || 1
      for (let start = 0; start < text.length; start++) {
        let node = 0
        for (let i = start; i < text.length; i++) {
          node = step(node, text.charCodeAt(i), false)
          if (node === EMPTY) break
          const id = ends[node] as number
          if (id !== EMPTY && foundIn[id] !== scans) {
            foundIn[id] = scans
            found(id)
          }
        }
      }
    },
    found: (term) => foundIn[term] === scans && scans > 0,
    usesOf: (term) => terms.get(term)?.uses ?? 0,
    get size() {
      return terms.size
    },
  }
}
