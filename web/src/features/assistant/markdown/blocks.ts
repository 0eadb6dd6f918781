const FENCE = /^ {0,3}(`{3,}|~{3,})/
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s/
/** Definitions of links and footnotes are seen from everywhere, so a text with some stays whole. */
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m

/**
 * Splits Markdown where two parts cannot influence each other, so that while an answer grows only its last part is read
 * anew. Joined by blank lines they are the text again.
 */
export function blocksOf(text: string): string[] {
  if (DEFINITION.test(text)) return [text]
  const blocks: string[] = []
  let lines: string[] = []
  let fence: string | undefined
  let isFormula = false
  const source = text.split('\n')
  for (const [index, line] of source.entries()) {
    const mark = FENCE.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined
    } else if (mark !== undefined && !isFormula) fence = mark
    else if (line.trim() === '$$') isFormula = !isFormula
    const isEnd = line.trim() === '' && fence === undefined && !isFormula && !goesOn(lines, source, index)
    if (!isEnd) lines.push(line)
    else if (lines.length > 0) {
      blocks.push(lines.join('\n'))
      lines = []
    }
  }
  if (lines.some((line) => line.trim() !== '')) blocks.push(lines.join('\n'))
  return blocks
}

/** Whether what follows a blank line still belongs to what stands before it: a list goes on, something is indented. */
function goesOn(lines: readonly string[], source: readonly string[], blank: number): boolean {
  if (lines.length === 0) return false
  const next = source.slice(blank + 1).find((line) => line.trim() !== '')
  if (next === undefined) return false
  const isList = ITEM.test(lines[0] ?? '')
  return /^(?: {2,}|\t)/.test(next) || (isList && ITEM.test(next))
}
