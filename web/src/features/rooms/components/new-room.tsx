import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createGroup, openDirect } from '#contracts/rooms.ts'
import type { FoundUser } from '#contracts/schemas/account.ts'
import { queryClient } from '@/app/query.ts'
import { useAccount } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { useForm } from '@/ui/use-form.ts'
import { putRoom, roomsKey } from '../state/rooms.ts'
import { PeoplePicker } from './people-picker.tsx'

/** Starts a room with a name, or a conversation with one person, which needs none. */
export function NewRoom({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('rooms')
  const navigate = useNavigate()
  const { data: account } = useAccount()
  const [name, setName] = useState('')
  const [people, setPeople] = useState<readonly FoundUser[]>([])
  const [only] = people
  const isDirect = people.length === 1 && name.trim() === ''
  const form = useForm(async () => {
    let id: number
    if (isDirect && only) {
      const room = await callApi(openDirect, { body: { user_id: only.user_id } })
      putRoom(room)
      id = room.id
    } else {
      const { group } = await callApi(createGroup, { body: { name, user_ids: people.map((one) => one.user_id) } })
      await queryClient.invalidateQueries({ queryKey: roomsKey, exact: true })
      id = group.id
    }
    onOpenChange(false)
    setName('')
    setPeople([])
    await navigate({ to: '/rooms/$id', params: { id: String(id) } })
  })
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('create.title')}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{t('create.cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="new-room"
            busy={form.busy}
            disabled={name.trim() === '' && !isDirect}
          >
            {isDirect ? t('create.direct') : t('create.act')}
          </Button>
        </>
      }
    >
      <form id="new-room" onSubmit={form.onSubmit} className="space-y-4">
        <PeoplePicker
          label={t('create.people')}
          chosen={people}
          onChosen={setPeople}
          without={new Set(account ? [account.user_id] : [])}
        />
        <Field label={t('create.name')} hint={t('create.nameHint')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoComplete="off" />
        </Field>
        {form.sentence && <Notice tone="danger">{form.sentence}</Notice>}
      </form>
    </Dialog>
  )
}
