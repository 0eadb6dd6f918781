import { AlertDialog, Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { Field, Input } from './field.tsx'
import { focusFirst } from './focus-first.ts'
import { LayerContext } from './layer.tsx'

const scrim = 'fixed inset-0 z-50 animate-fade-in bg-scrim'
const centred =
  'fixed z-50 flex flex-col bg-raised text-ink shadow-2 outline-none max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[92dvh] max-sm:animate-rise-in max-sm:rounded-t-10 ' +
  'sm:left-1/2 sm:top-1/2 sm:max-h-[85dvh] sm:w-[calc(100%-3rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:animate-fade-in sm:rounded-10'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  description?: ReactNode
  /** Buttons at the foot, the main one last. */
  footer?: ReactNode
  /** 28, 36 or 48 rem. */
  width?: 'sm' | 'md' | 'lg'
  children?: ReactNode
}

const widths = { sm: 'sm:max-w-[28rem]', md: 'sm:max-w-[36rem]', lg: 'sm:max-w-[48rem]' }

/** The dialog's own element: the layer of menus inside it, its first field (not its close button) focused. */
function Panel({ className, described, children }: { className: string; described: boolean; children: ReactNode }) {
  const [element, setElement] = useState<HTMLElement | null>(null)
  const onOpen = (event: Event) => {
    event.preventDefault()
    focusFirst(event.currentTarget as HTMLElement)
  }
  return (
    <Radix.Content
      ref={setElement}
      className={className}
      onOpenAutoFocus={onOpen}
      {...(described ? {} : { 'aria-describedby': undefined })}
    >
      <LayerContext value={element}>{children}</LayerContext>
    </Radix.Content>
  )
}

/** A question or a form over the page. On a phone it rises from the foot. */
export function Dialog({ open, onOpenChange, title, description, footer, width = 'sm', children }: DialogProps) {
  const { t } = useTranslation('common')
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Panel className={cx(centred, widths[width])} described={Boolean(description)}>
          <div className="flex items-start gap-3 px-6 pb-3 pt-5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="mt-1 text-ink-2">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton icon="x" size="sm" label={t('close')} className="-mr-2" />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-6 pb-5">{children}</div>
          {footer && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] max-sm:*:flex-1">
              {footer}
            </div>
          )}
        </Panel>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Details or settings at the side, over the page; the whole width on a phone. */
export function Sheet({ open, onOpenChange, title, description, footer, children }: Omit<DialogProps, 'width'>) {
  const { t } = useTranslation('common')
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={scrim} />
        <Panel
          className="fixed inset-y-0 right-0 z-50 flex w-full animate-slide-in flex-col bg-raised text-ink shadow-2 outline-none sm:w-96"
          described={Boolean(description)}
        >
          <div className="flex items-start gap-3 border-b border-line px-4 py-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="text-ink-2">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton icon="x" size="sm" label={t('close')} />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
          {footer && <div className="flex justify-end gap-2 border-t border-line p-4">{footer}</div>}
        </Panel>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** A question naming what goes: "Delete “Weekly planning”?" */
  title: ReactNode
  description?: ReactNode
  /** What the button does: "Delete meeting". */
  action: string
  /** Runs the act; the dialog stays, busy, until it settles, and closes only when it succeeds. */
  onConfirm: () => Promise<unknown> | void
  danger?: boolean
  /** Words that have to be typed first, for what cannot be brought back. */
  typed?: string
  children?: ReactNode
}

/** Asks once before something that cannot be undone. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  action,
  onConfirm,
  danger = true,
  typed,
  children,
}: ConfirmProps) {
  const { t } = useTranslation('common')
  const [busy, setBusy] = useState(false)
  const [words, setWords] = useState('')
  const confirm = async () => {
    setBusy(true)
    try {
      await onConfirm()
      onOpenChange(false)
    } catch {
      // Whoever acts has said why; the question stays so that it can be tried again.
    } finally {
      setBusy(false)
      setWords('')
    }
  }
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={scrim} />
        <AlertDialog.Content
          className={cx(centred, widths.sm)}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="min-h-0 overflow-y-auto px-6 py-5">
            <AlertDialog.Title className="text-16 font-semibold">{title}</AlertDialog.Title>
            {description && (
              <AlertDialog.Description className="mt-1 text-ink-2">{description}</AlertDialog.Description>
            )}
            {children && <div className="mt-4">{children}</div>}
            {typed && (
              <Field className="mt-4" label={t('confirm.type', { words: typed })}>
                <Input
                  value={words}
                  onChange={(event) => setWords(event.target.value)}
                  autoComplete="off"
                  spellCheck={false}
                />
              </Field>
            )}
          </div>
          <div className="flex justify-end gap-2 border-t border-line px-6 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] max-sm:*:flex-1">
            <AlertDialog.Cancel asChild>
              <Button>{t('cancel')}</Button>
            </AlertDialog.Cancel>
            <Button
              kind={danger ? 'danger' : 'primary'}
              busy={busy}
              disabled={typed !== undefined && words.trim() !== typed}
              onClick={() => void confirm()}
            >
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
