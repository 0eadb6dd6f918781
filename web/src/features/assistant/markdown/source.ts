// What models write, as Markdown that remark reads without surprises: their four ways to write formulas become one, and
// amounts of money stay money.

const PIECES =
  /(?<code>(?:^|\n)[ \t]*(?<fence>`{3,}|~{3,})[^\n]*(?:\n[\s\S]*?(?:\n[ \t]*\k<fence>[`~]*(?=\n|$)|$)|$)|(?<tick>`+)[^`][\s\S]*?\k<tick>(?!`))|\\\[(?<display>[\s\S]+?)\\\]|\\\((?<inline>[\s\S]+?)\\\)|\$\$(?<dollars>[\s\S]+?)\$\$|(?<![\\$\w])\$(?<single>[^\s$](?:[^$\n]*?[^\s$\\])?)\$(?![\d$])/g

/** Formulas as `$$…$$`: on lines of their own where they stand alone, in the line otherwise. Code is left as it is. */
export function tidySource(text: string): string {
  if (!/[$\\]/.test(text)) return text
  return text.replace(PIECES, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>
    if (groups['code'] !== undefined) return whole
    const offset = rest.at(-3) as number
    const inline = groups['inline'] ?? groups['single']
    if (inline !== undefined) return `$$${oneLine(inline)}$$`
    const formula = groups['display'] ?? groups['dollars'] ?? ''
    const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
    const after = /^[^\n]*/.exec(text.slice(offset + whole.length))?.[0] ?? ''
    const isAlone = before.trim() === '' && after.trim() === ''
    if (!isAlone) return `$$${oneLine(formula)}$$`
    const lines = formula.trim().split('\n')
    return ['$$', ...lines.map((line) => before + line.trim()), `${before}$$`].join('\n')
  })
}

const oneLine = (formula: string): string => formula.trim().replace(/\s*\n\s*/g, ' ')
