import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { meetingIdIn, roomPath } from '../meeting-link.ts'

/** Into somebody else's meeting, by the link or the number they sent. */
export function JoinDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('meetings')
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('join.title')}
      footer={
        <Button type="submit" form="join-meeting" kind="primary">
          {t('join.action')}
        </Button>
      }
    >
      <form
        id="join-meeting"
        onSubmit={(event) => {
          event.preventDefault()
          const id = meetingIdIn(text)
          setWrong(id === null)
          if (id !== null) void navigate({ to: roomPath(id) })
        }}
      >
        <Field label={t('join.label')} error={wrong && t('join.wrong')}>
          <Input
            autoFocus
            value={text}
            placeholder={t('join.placeholder')}
            onChange={(event) => {
              setText(event.target.value)
              setWrong(false)
            }}
          />
        </Field>
      </form>
    </Dialog>
  )
}
