import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { isSendKey } from './send-key.ts'

interface Props {
  text: string
  onCancel: () => void
  onSend: (text: string) => void
}

/** Says an earlier message otherwise, in its place. */
export function EditBox({ text, onCancel, onSend }: Props) {
  const { t } = useTranslation('assistant')
  const [words, setWords] = useState(text)
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    box.current?.focus()
    box.current?.setSelectionRange(text.length, text.length)
  }, [text])
  const send = () => {
    if (words.trim() !== '') onSend(words)
  }
  return (
    <form
      className="rounded-10 border border-line-control bg-canvas p-3 focus-within:border-accent-ink dark:bg-raised"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={box}
        value={words}
        rows={Math.min(12, Math.max(2, words.split('\n').length))}
        maxLength={100_000}
        dir="auto"
        aria-label={t('message.edit')}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          if (isSendKey(event.nativeEvent)) {
            event.preventDefault()
            send()
          } else if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
            event.stopPropagation()
            onCancel()
          }
        }}
        className="block w-full resize-none bg-transparent text-14 outline-none touch:text-16"
      />
      <div className="mt-2 flex items-center justify-end gap-2">
        <span className="mr-auto text-12 text-ink-3">{t('edit.hint')}</span>
        <Button size="sm" onClick={onCancel}>
          {t('edit.cancel')}
        </Button>
        <Button size="sm" type="submit" kind="primary" disabled={words.trim() === ''}>
          {t('edit.send')}
        </Button>
      </div>
    </form>
  )
}
