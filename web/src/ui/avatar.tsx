import { useState } from 'react'
import { cx } from './cx.ts'

interface AvatarProps {
  /** The account's or the thing's id: decides the colour. */
  id: number | string
  name: string
  src?: string | null | undefined
  /** CSS pixels at the default text size. */
  size?: 20 | 24 | 32 | 40 | 64 | 96
  className?: string
}

const sizes = {
  20: 'size-5 text-[0.5625rem]',
  24: 'size-6 text-[0.625rem]',
  32: 'size-8 text-12',
  40: 'size-10 text-14',
  64: 'size-16 text-20',
  96: 'size-24 text-28',
}

/** A person's picture, or their initials on a colour of their own. Decoration: the name stands beside it. */
export function Avatar({ id, name, src, size = 32, className }: AvatarProps) {
  const [failed, setFailed] = useState<string>()
  const shape = cx(
    'inline-grid shrink-0 select-none place-items-center overflow-hidden rounded-full',
    sizes[size],
    className,
  )
  if (src && failed !== src) {
    return <img src={src} alt="" onError={() => setFailed(src)} className={cx(shape, 'bg-pressed object-cover')} />
  }
  return (
    <span
      aria-hidden="true"
      data-hue={hueOf(id)}
      data-initials={initials(name)}
      className={cx(shape, 'font-semibold leading-none text-white before:content-[attr(data-initials)]')}
    />
  )
}

/** One of ten hues, the same for the same id everywhere. */
export function hueOf(id: number | string): number {
  let hash = 0
  for (const char of String(id)) hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  return hash % 10
}

/** The last two characters of a Chinese name (the given name), the first two of what is too long for one, else the first letters of the first and last word. */
export function initials(name: string): string {
  const clean = name.trim()
  if (/^[\u3400-\u9fff]/u.test(clean)) return clean.length <= 4 ? clean.slice(-2) : clean.slice(0, 2)
  const words = clean.split(/[\s._-]+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words
  return (
    letters
      .map((word) => [...(word ?? '')][0] ?? '')
      .join('')
      .toUpperCase() || '?'
  )
}
