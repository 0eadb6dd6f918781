import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { banUser, deleteUser } from '#contracts/admin-users.ts'
import type { ManagedUser } from '#contracts/schemas/account.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { nameOf } from '@/lib/account.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Confirm, Dialog } from '@/ui/dialog.tsx'
import { Field, Select, TextArea } from '@/ui/field.tsx'
import { toast } from '@/ui/toast.tsx'
import { useForm } from '@/ui/use-form.ts'
import { usersKey } from './users-key.ts'

/** An act that asks first. */
export interface Act {
  kind: 'ban' | 'delete'
  user: ManagedUser
}

/** Asks, then acts. */
export function UserActs({ act, onClose }: { act: Act; onClose: () => void }) {
  return act.kind === 'ban' ? <Ban user={act.user} onClose={onClose} /> : <Delete user={act.user} onClose={onClose} />
}

// Hours; 0 is for ever.
const durations = [1, 24, 168, 720, 0] as const

function Ban({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const name = nameOf(user)
  const [reason, setReason] = useState('')
  const [duration, setDuration] = useState('24')
  const ban = useAct({
    act: () =>
      callApi(banUser, {
        params: { id: user.user_id },
        body: {
          ...(reason.trim() ? { reason: reason.trim() } : {}),
          ...(duration === '0' ? {} : { duration: Number(duration) }),
        },
      }),
    invalidates: [usersKey],
    quiet: true,
  })
  const { busy, sentence, onSubmit } = useForm(async () => {
    await ban.mutateAsync()
    toast(t('ban.done', { name }), { tone: 'ok' })
    onClose()
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('ban.title', { name })}
      description={t('ban.description')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="danger" busy={busy} onClick={onSubmit}>
            {t('ban.action')}
          </Button>
        </>
      }
    >
      <form onSubmit={onSubmit} className="grid gap-4 pt-2">
        {sentence && <Notice tone="danger">{sentence}</Notice>}
        <Field label={t('ban.duration')}>
          <Select
            value={duration}
            onValue={setDuration}
            options={durations.map((hours) => ({ value: String(hours), label: t(`ban.hours.${hours}`) }))}
          />
        </Field>
        <Field label={t('ban.reason')} hint={t('ban.reasonHint')}>
          <TextArea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
        </Field>
      </form>
    </Dialog>
  )
}

function Delete({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const { t } = useTranslation('admin')
  const name = nameOf(user)
  const remove = useAct({
    act: () => callApi(deleteUser, { params: { id: user.user_id } }),
    invalidates: [usersKey],
    onDone: () => toast(t('delete.done', { name }), { tone: 'ok' }),
  })
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('delete.title', { name })}
      description={t('delete.text', { email: user.email })}
      action={t('delete.action')}
      onConfirm={() => remove.mutateAsync()}
    />
  )
}
