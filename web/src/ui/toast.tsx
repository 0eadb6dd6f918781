import { Toast as Radix } from 'radix-ui'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { Icon } from './icons.tsx'

interface Toast {
  id: number
  tone: 'plain' | 'ok' | 'danger'
  text: string
  action?: { label: string; run: () => void }
  onGone?: () => void
}

const most = 4
let toasts: readonly Toast[] = []
let next = 1
const listeners = new Set<() => void>()

function change(to: readonly Toast[]) {
  const gone = toasts.filter((each) => !to.includes(each))
  toasts = to
  for (const listener of listeners) listener()
  for (const each of gone) each.onGone?.()
}

/**
 * Says in passing what happened; `action` is for undoing it, and `onGone` is called when it cannot be pressed any more (or
 * was). At most four stand at once.
 */
export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action' | 'onGone'>> = {}): void {
  const added: Toast = {
    id: next++,
    tone: options.tone ?? 'plain',
    text,
    ...(options.action ? { action: options.action } : {}),
    ...(options.onGone ? { onGone: options.onGone } : {}),
  }
  change([...toasts.filter((each) => each.text !== text), added].slice(-most))
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where toasts stand: once, around the app. */
export function Toaster() {
  const { t } = useTranslation('common')
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <Radix.Provider swipeDirection="right" label={t('toast.region')} duration={5000}>
      {shown.map((each) => (
        <Radix.Root
          key={each.id}
          type={each.tone === 'danger' ? 'foreground' : 'background'}
          duration={each.tone === 'danger' || each.action ? 8000 : 4000}
          onOpenChange={(open) => !open && change(toasts.filter((other) => other.id !== each.id))}
          className="flex animate-rise-in items-center gap-3 rounded-10 border border-line bg-raised py-2 pl-4 pr-2 text-ink shadow-2 data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x)"
        >
          {each.tone !== 'plain' && (
            <Icon
              name={each.tone === 'ok' ? 'circle-check' : 'circle-alert'}
              size={18}
              className={cx('shrink-0', each.tone === 'ok' ? 'text-ok-ink' : 'text-danger-ink')}
            />
          )}
          <Radix.Description className="min-w-0 flex-1 py-1">{each.text}</Radix.Description>
          {each.action && (
            <Radix.Action asChild altText={each.action.label}>
              <button
                type="button"
                onClick={each.action.run}
                className="h-8 shrink-0 rounded-6 px-2 font-medium text-accent-ink hover:bg-hover touch:h-11"
              >
                {each.action.label}
              </button>
            </Radix.Action>
          )}
          <Radix.Close asChild>
            <IconButton icon="x" size="sm" label={t('close')} iconSize={16} />
          </Radix.Close>
        </Radix.Root>
      ))}
      <Radix.Viewport className="fixed bottom-20 right-0 z-60 flex w-full flex-col gap-2 p-4 outline-none sm:w-96 md:bottom-0" />
    </Radix.Provider>
  )
}
