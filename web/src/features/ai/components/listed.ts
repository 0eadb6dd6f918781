/** Names one after the other, as the reader's language sets them apart. */
export function listed(names: readonly string[], reader: string): string {
  return new Intl.ListFormat(reader, { type: 'conjunction' }).format(names)
}
