import type { ButtonHTMLAttributes, Ref } from 'react'
import { cx } from '@/ui/cx.ts'
import { Icon, type IconName } from '@/ui/icons.tsx'
import { Tooltip } from '@/ui/tooltip.tsx'

interface ControlButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  icon: IconName
  label: string
  keys?: string
  /** `off`: something of one's own that is off; `on`: something that is on beyond the usual. */
  look?: 'plain' | 'off' | 'on' | 'leave'
  /** A dot: something new. */
  dot?: boolean
  /** A trouble with it. */
  trouble?: boolean
  count?: number
  ref?: Ref<HTMLButtonElement>
}

const looks = {
  plain: 'bg-white/10 text-white hover:bg-white/18',
  off: 'bg-danger text-white hover:bg-danger-hover',
  on: 'bg-accent text-on-accent hover:bg-accent-hover',
  leave: 'bg-danger text-white hover:bg-danger-hover w-16! max-sm:w-13!',
}

/** One round control of the room. */
export function ControlButton({
  icon,
  label,
  keys,
  look = 'plain',
  dot,
  trouble,
  count,
  className,
  ...rest
}: ControlButtonProps) {
  return (
    <Tooltip label={label} side="top" {...(keys ? { keys } : {})}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cx(
          'relative inline-grid size-12 shrink-0 place-items-center rounded-full transition-colors max-sm:size-11 disabled:cursor-not-allowed disabled:opacity-40',
          looks[look],
          className,
        )}
      >
        <Icon name={icon} size={22} />
        {dot && <span className="absolute right-2.5 top-2.5 size-2 rounded-full bg-danger-ink ring-2 ring-sunken" />}
        {trouble && (
          <span className="absolute -right-0.5 -top-0.5 grid size-5 place-items-center rounded-full bg-warn-ink text-12 font-semibold text-black">
            !
          </span>
        )}
        {count !== undefined && (
          <span
            aria-hidden="true"
            className="absolute -right-1 -top-1 grid h-5 min-w-5 place-items-center rounded-full bg-line px-1 text-12 font-medium leading-none text-ink ring-2 ring-sunken"
          >
            {count}
          </span>
        )}
      </button>
    </Tooltip>
  )
}
