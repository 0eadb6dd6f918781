// After a blank or punctuation, so that the domain of an e-mail address names nobody.
const MENTION = /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}_][\p{L}\p{N}\p{M}._+-]{0,49})/gu
const MOST = 50

/** The logins a message names with `@`, lower case; a full stop at the end belongs to the sentence. */
export function mentionedLogins(content: string): string[] {
  const found = new Set<string>()
  for (const [, login = ''] of content.matchAll(MENTION)) {
    found.add(login.replace(/[.+-]+$/, '').toLowerCase())
    if (found.size >= MOST) break
  }
  return [...found]
}
