import { Link, type LinkProps } from '@tanstack/react-router'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'
import { Tooltip } from './tooltip.tsx'

/** `primary` is the one main act of a view; `danger` takes something away. */
export type ButtonKind = 'primary' | 'secondary' | 'ghost' | 'danger'

interface Look {
  kind?: ButtonKind | undefined
  size?: 'md' | 'sm' | 'lg' | undefined
  icon?: IconName | undefined
}

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line-control/60 bg-canvas text-ink hover:bg-hover dark:bg-raised',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-white hover:bg-danger-hover',
}
const sizes = { sm: 'h-control-sm px-2.5 gap-1.5', md: 'h-control px-3.5 gap-2', lg: 'h-11 px-5 gap-2 text-16' }

/** The classes of a button, for a link that has to look like one. */
export function buttonClass({ kind = 'secondary', size = 'md' }: Look, className?: string): string {
  return cx(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-6 text-14 font-medium transition-colors',
    'disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50',
    sizes[size],
    kinds[kind],
    className,
  )
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Look {
  /** Shows a spinner in place of the icon and takes no further click. */
  busy?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A push button; says what it does ("Start meeting"), never "Submit". */
export function Button({
  kind,
  size,
  icon,
  busy,
  className,
  children,
  type = 'button',
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={buttonClass({ kind, size }, className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A place that looks like a button. */
export function LinkButton({
  kind,
  size,
  icon,
  className,
  children,
  ...rest
}: Look & LinkProps & { className?: string; children?: ReactNode }) {
  return (
    <Link {...rest} className={buttonClass({ kind, size }, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  icon: IconName
  /** The spoken name, shown as a tooltip too. */
  label: string
  iconSize?: number
}

/** A square button of one icon, named by its tooltip. */
export function IconButton({
  icon,
  label,
  kind = 'ghost',
  size = 'md',
  busy,
  className,
  iconSize = 18,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label}>
      <button
        type="button"
        aria-label={label}
        aria-busy={busy || undefined}
        className={buttonClass(
          { kind, size },
          cx(size === 'sm' ? 'w-7 touch:w-11' : size === 'lg' ? 'w-11' : 'w-9 touch:w-11', 'px-0!', className),
        )}
        {...rest}
      >
        {busy ? <Spinner /> : <Icon name={icon} size={iconSize} />}
      </button>
    </Tooltip>
  )
}

/** A small turning ring, for waits inside a control. */
export function Spinner({ size = 16 }: { size?: number }) {
  return (
    <svg
      width={`${size / 16}rem`}
      height={`${size / 16}rem`}
      viewBox="0 0 16 16"
      className="animate-spin"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.25" />
      <path d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
