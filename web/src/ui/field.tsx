import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  createContext,
  use,
  useId,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icons.tsx'

interface FieldContext {
  id: string
  describedBy: string | undefined
  invalid: boolean
  required: boolean
}
const Context = createContext<FieldContext | null>(null)

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  /** What is wrong, in a sentence; marks the control invalid. */
  error?: ReactNode
  required?: boolean
  /** Beside the label on the right: a link, a counter. */
  aside?: ReactNode
  /** Keeps the label for assistive technology alone. */
  hideLabel?: boolean
  className?: string
  children: ReactNode
}

/** A label, one control, its hint and its error, tied together for assistive technology. */
export function Field({ label, hint, error, required = false, aside, hideLabel, className, children }: FieldProps) {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className={cx('flex min-w-0 flex-col', className)}>
      <div className={hideLabel ? 'sr-only' : 'mb-1 flex items-baseline justify-between gap-3'}>
        <label htmlFor={id} className="font-medium text-ink">
          {label}
        </label>
        {aside && <span className="text-12 text-ink-3">{aside}</span>}
      </div>
      <Context value={{ id, describedBy, invalid: Boolean(error), required }}>{children}</Context>
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-12 text-ink-3">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="mt-1 flex items-start gap-1 text-12 text-danger-ink">
          <Icon name="circle-alert" size={14} className="mt-0.5 shrink-0" />
          <span>{error}</span>
        </p>
      )}
    </div>
  )
}

function useControl(own: { id?: string | undefined; required?: boolean | undefined }) {
  const field = use(Context)
  return {
    id: own.id ?? field?.id,
    'aria-describedby': field?.describedBy,
    'aria-invalid': field?.invalid || undefined,
    required: own.required ?? field?.required,
  }
}

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  icon?: IconName
  ref?: Ref<HTMLInputElement>
}

/** One line of text. */
export function Input({ icon, className, ...rest }: InputProps) {
  const control = useControl(rest)
  const input = <input {...rest} {...control} className={cx('box h-control px-3', icon && 'pl-9', className)} />
  if (!icon) return input
  return (
    <span className="relative block">
      <Icon name={icon} className="pointer-events-none absolute left-3 top-1/2 -translate-y-1/2 text-ink-3" />
      {input}
    </span>
  )
}

/** A secret, with an eye to see what one typed. */
export function PasswordInput(props: Omit<InputProps, 'type' | 'icon'>) {
  const [shown, setShown] = useState(false)
  const { t } = useTranslation('common')
  return (
    <span className="relative block">
      <Input {...props} type={shown ? 'text' : 'password'} className="pr-11" spellCheck={false} autoCapitalize="none" />
      <button
        type="button"
        onClick={() => setShown(!shown)}
        aria-label={t(shown ? 'password.hide' : 'password.show')}
        aria-pressed={shown}
        className="absolute inset-y-0 right-0 grid w-10 place-items-center rounded-6 text-ink-3 hover:text-ink touch:w-11"
      >
        <Icon name={shown ? 'eye-off' : 'eye'} />
      </button>
    </span>
  )
}

/** Several lines of text. */
export function TextArea({
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  const control = useControl(rest)
  return <textarea rows={3} {...rest} {...control} className={cx('box block min-h-9 px-3 py-2', className)} />
}

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> {
  options: readonly { value: string; label: string; disabled?: boolean }[]
  onValue?: (value: string) => void
}

/** One of a few. The browser's own control: right on every phone and with every screen reader. */
export function Select({ options, onValue, className, ...rest }: SelectProps) {
  const control = useControl(rest)
  return (
    <span className={cx('relative block', className)}>
      <select
        {...rest}
        {...control}
        onChange={(event) => onValue?.(event.target.value)}
        className="box h-control appearance-none truncate pl-3 pr-9"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon
        name="chevrons-up-down"
        className="pointer-events-none absolute right-3 top-1/2 -translate-y-1/2 text-ink-3"
      />
    </span>
  )
}
