import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '@/ui/button.tsx'
import { Field, TextArea } from '@/ui/field.tsx'
import { useRoom } from './room-context.ts'

const MOST = 1000

/** Where one writes: Enter sends, Shift+Enter begins a new line. */
export function ChatComposer() {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  const [text, setText] = useState('')
  const left = MOST - text.length
  const send = () => {
    const content = text.trim()
    if (!content || content.length > MOST) return
    session.chat.post(content)
    setText('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="flex items-end gap-2 border-t border-line p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <Field
        label={t('chat.write')}
        hideLabel
        className="flex-1"
        error={left < 0 ? t('chat.tooLong', { count: -left }) : undefined}
      >
        <TextArea
          rows={1}
          value={text}
          placeholder={t('chat.placeholder')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="max-h-32 resize-none field-sizing-content"
        />
      </Field>
      <IconButton type="submit" icon="send" label={t('chat.send')} disabled={!text.trim() || left < 0} />
    </form>
  )
}
