import { useState } from 'react'
import { cx } from './cx.ts'
import { hueOf, initials } from './initials.ts'

export { hueOf } from './initials.ts'

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
