import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/ui/button.tsx'
import { draftOf, keepDraft } from '../state/drafts.ts'
import type { ThreadKey } from '../state/threads.ts'
import { isSendKey } from './send-key.ts'

interface Props {
  threadKey: ThreadKey
  isWriting: boolean
  disabled: boolean
  onSend: (text: string) => void
  onStop: () => void
  onEditLast: () => void
}

const TALLEST = 240

/** Where one writes. What was typed stays until it is sent, also over a reload. */
export function Composer({ threadKey, isWriting, disabled, onSend, onStop, onEditLast }: Props) {
  const { t } = useTranslation('assistant')
  const [text, setText] = useState(() => draftOf(threadKey))
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    // On a phone the keyboard would cover what one came to read.
    if (!matchMedia('(pointer: coarse)').matches) box.current?.focus()
  }, [])
  useLayoutEffect(() => {
    const area = box.current
    if (!area) return
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`
  }, [text])

  const change = (value: string): void => {
    setText(value)
    keepDraft(threadKey, value)
  }
  const isSendable = text.trim() !== '' && !isWriting && !disabled
  const send = (): void => {
    if (!isSendable) return
    change('')
    onSend(text)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isSendKey(event.nativeEvent)) {
      event.preventDefault()
      send()
    } else if (event.key === 'ArrowUp' && text === '' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      onEditLast()
    }
  }
  return (
    <form
      className="mx-auto w-full max-w-[48rem] px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-6"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="flex items-end gap-1 rounded-10 border border-line-control bg-canvas p-1.5 shadow-1 focus-within:border-accent-ink focus-within:shadow-[0_0_0_1px_var(--accent-ink)] dark:bg-raised">
        <textarea
          ref={box}
          value={text}
          rows={1}
          maxLength={100_000}
          dir="auto"
          disabled={disabled}
          aria-label={t('composer.label')}
          placeholder={t('composer.placeholder')}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          className="min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2 py-1.5 outline-none touch:min-h-11 touch:py-2.5 touch:text-16"
        />
        {isWriting ? (
          <IconButton icon="square" kind="secondary" label={t('composer.stop')} onClick={onStop} iconSize={14} />
        ) : (
          <IconButton
            type="submit"
            icon="arrow-up"
            kind={isSendable ? 'primary' : 'secondary'}
            label={t('composer.send')}
            disabled={!isSendable}
          />
        )}
      </div>
    </form>
  )
}
