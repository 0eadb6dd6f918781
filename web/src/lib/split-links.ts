/** A text cut into plain parts and web addresses. */
export function splitLinks(text: string): { text: string; href: string | null }[] {
  const parts: { text: string; href: string | null }[] = []
  let at = 0
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'，。、！？；：）」』】]+/gu)) {
    const found = match[0].replace(/[.,;:!?)]+$/, '')
    if (!URL.canParse(found)) continue
    if (match.index > at) parts.push({ text: text.slice(at, match.index), href: null })
    parts.push({ text: found, href: found })
    at = match.index + found.length
  }
  if (at < text.length) parts.push({ text: text.slice(at), href: null })
  return parts
}
