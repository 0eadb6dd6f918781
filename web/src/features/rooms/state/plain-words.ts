/** A message's words on one line, without the marks of Markdown that say only how they look. */
export function plainWords(content: string): string {
  return content
    .replace(/^\s*(?:```\w*|#{1,6} |> |[-*+] )/gm, '')
    .replace(/\*\*|~~|`+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
