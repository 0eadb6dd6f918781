const MOST_CHARACTERS = 200

/** Control characters, and those that turn the direction of what follows (a name that shows another ending). */
// oxlint-disable-next-line no-control-regex -- exactly these are meant
const UNSEEN = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** A file's name as it may be kept and shown: no folders, nothing unseen, at most 200 characters with its ending. */
export function cleanName(given: string): string {
  const name = (given.split(/[/\\]/).at(-1) ?? '').replaceAll(UNSEEN, '').normalize('NFC').trim()
  const plain = /^\.*$/.test(name) ? 'file' : name
  const characters = Array.from(plain)
  if (characters.length <= MOST_CHARACTERS) return plain
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(plain)?.[0] ?? ''
  return characters.slice(0, MOST_CHARACTERS - ending.length).join('') + ending
}

/** The name with another ending: `會議.mov` as `mp4` is `會議.mp4`. */
export function withEnding(name: string, ending: string, addition = ''): string {
  return cleanName(`${name.replace(/\.[\p{L}\p{N}]{1,10}$/u, '')}${addition}.${ending}`)
}
