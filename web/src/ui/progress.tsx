import { Progress as Radix } from 'radix-ui'

interface ProgressProps {
  label: string
  /** 0 to 100; null while nobody knows. */
  value: number | null
}

/** How far long work is. */
export function Progress({ label, value }: ProgressProps) {
  return (
    <Radix.Root
      value={value}
      aria-label={label}
      className="relative h-1.5 w-full overflow-hidden rounded-full bg-pressed"
    >
      <Radix.Indicator
        className={
          value === null
            ? 'h-full w-1/3 animate-pulse rounded-full bg-accent'
            : 'h-full rounded-full bg-accent transition-[width]'
        }
        style={value === null ? undefined : { width: `${value}%` }}
      />
    </Radix.Root>
  )
}

/** How loud it is, 0 to 1. */
export function LevelMeter({ label, level }: { label: string; level: number }) {
  const lit = Math.round(Math.min(1, Math.max(0, level)) * 12)
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={Math.round(level * 100) / 100}
      className="flex h-4 items-center gap-0.5"
    >
      {Array.from({ length: 12 }, (_, index) => (
        <span
          key={index}
          className={`h-full w-1 rounded-full transition-colors ${index < lit ? (index > 9 ? 'bg-warn-ink' : 'bg-ok') : 'bg-pressed'}`}
        />
      ))}
    </div>
  )
}
