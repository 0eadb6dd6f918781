/** Bits per second as people read them: `3.4 Mb/s`. Nothing is a dash. */
export function bitrate(value: number, locale: string): string {
  if (value <= 0) return '—'
  const isMega = value >= 1_000_000
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: isMega ? 1 : 0 })
  return `${number.format(isMega ? value / 1_000_000 : Math.max(1, value / 1000))}\u00a0${isMega ? 'Mb/s' : 'kb/s'}`
}

/** A share of 1 in per cent. */
export function share(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value)
}
