import { Checkbox as RadixCheckbox, Slider as RadixSlider, Switch as RadixSwitch, ToggleGroup } from 'radix-ui'
import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'

interface ToggleProps {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  onChecked: (checked: boolean) => void
  disabled?: boolean
}

/** On or off, at once. The label stands left, the switch right. */
export function Switch({ label, hint, checked, onChecked, disabled }: ToggleProps) {
  const id = useId()
  return (
    <div className="flex min-h-9 items-center justify-between gap-4 touch:min-h-11">
      <label htmlFor={id} className="min-w-0 flex-1">
        <span className="block font-medium">{label}</span>
        {hint && (
          <span id={`${id}-hint`} className="block text-12 text-ink-3">
            {hint}
          </span>
        )}
      </label>
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChecked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative h-5 w-9 shrink-0 rounded-full bg-line-control transition-colors after:absolute after:-inset-3 disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-4 translate-x-0.5 rounded-full bg-white shadow-1 transition-transform data-[state=checked]:translate-x-4.5" />
      </RadixSwitch.Root>
    </div>
  )
}

/** One of several that may all be chosen, or a consent. */
export function Checkbox({ label, hint, checked, onChecked, disabled }: ToggleProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5 touch:min-h-11">
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        onCheckedChange={(value) => onChecked(value === true)}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative mt-0.75 grid size-4 shrink-0 place-items-center rounded-[4px] border border-line-control bg-canvas text-on-accent after:absolute after:-inset-3 disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <RadixCheckbox.Indicator>
          <Icon name="check" size={12} strokeWidth={3} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <label htmlFor={id} className="min-w-0 flex-1">
        {label}
        {hint && (
          <span id={`${id}-hint`} className="block text-12 text-ink-3">
            {hint}
          </span>
        )}
      </label>
    </div>
  )
}

interface SliderProps {
  label: string
  value: number
  onValue: (value: number) => void
  onCommit?: (value: number) => void
  min?: number
  max?: number
  step?: number
  /** What the number means, spoken: "30 %", "1:05". */
  valueText?: string
  className?: string
}

/** A value on a line: a volume, a place in a recording. */
export function Slider({
  label,
  value,
  onValue,
  onCommit,
  min = 0,
  max = 100,
  step = 1,
  valueText,
  className,
}: SliderProps) {
  return (
    <RadixSlider.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      onValueChange={([next]) => next !== undefined && onValue(next)}
      onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
      className={cx('group relative flex h-5 touch-none select-none items-center touch:h-11', className)}
    >
      <RadixSlider.Track className="relative h-1 grow rounded-full bg-line-control/50">
        <RadixSlider.Range className="absolute h-full rounded-full bg-accent" />
      </RadixSlider.Track>
      <RadixSlider.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="block size-3.5 rounded-full border border-line-control bg-white shadow-1 transition-transform group-hover:scale-110"
      />
    </RadixSlider.Root>
  )
}

interface SegmentedProps<Value extends string> {
  label: string
  value: Value
  onValue: (value: Value) => void
  options: readonly { value: Value; label: string; icon?: IconName }[]
  /** Shows the icons alone; the labels are spoken, and told by a tooltip. */
  iconsOnly?: boolean
  className?: string
}

/** One of two to four views of the same thing. */
export function Segmented<Value extends string>({
  label,
  value,
  onValue,
  options,
  iconsOnly = false,
  className,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onValue(next as Value)}
      className={cx('inline-flex max-w-full gap-0.5 rounded-6 bg-pressed p-0.5', className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          aria-label={iconsOnly ? option.label : undefined}
          title={iconsOnly ? option.label : undefined}
          className={cx(
            'inline-flex h-8 flex-auto items-center justify-center gap-1.5 whitespace-nowrap rounded-[5px] font-medium text-ink-2 transition-colors hover:text-ink data-[state=on]:bg-canvas data-[state=on]:text-ink data-[state=on]:shadow-1 dark:data-[state=on]:bg-line touch:h-10',
            iconsOnly ? 'w-9 touch:w-11' : 'px-3',
          )}
        >
          {option.icon && <Icon name={option.icon} />}
          {!iconsOnly && option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
