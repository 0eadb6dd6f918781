import { useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { updateProfile } from '#contracts/users.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { type Account, accountKey, nameOf } from '@/lib/account.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Button } from '@/ui/button.tsx'
import { toast } from '@/ui/toast.tsx'
import { AvatarCrop } from './avatar-crop.tsx'

const tooLarge = 20 * 1024 * 1024

/** One's picture: choose one, cut it round, take it away. */
export function AvatarEditor({ account }: { account: Account }) {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [picked, setPicked] = useState<File>()
  const remove = useAct({
    act: () => callApi(updateProfile, { body: { avatar_url: null } }),
    optimistic: { key: accountKey, apply: (before) => ({ ...(before as Account), avatar_url: '' }) },
    onDone: (updated) => client.setQueryData(accountKey, updated),
  })
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (!file) return
    if (!file.type.startsWith('image/') || file.size > tooLarge) {
      toast(t('avatar.unusable'), { tone: 'danger' })
      return
    }
    setPicked(file)
  }
  return (
    <div className="flex flex-wrap items-center gap-5">
      <Avatar id={account.user_id} name={nameOf(account)} src={account.avatar_url} size={96} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-16 font-semibold">{nameOf(account)}</p>
        <p className="mb-2 truncate text-ink-2">@{account.username}</p>
        <div className="flex flex-wrap gap-2">
          <Button icon="camera" onClick={() => input.current?.click()}>
            {t('avatar.choose')}
          </Button>
          {account.avatar_url && (
            <Button kind="ghost" busy={remove.isPending} onClick={() => remove.mutate()}>
              {t('avatar.remove')}
            </Button>
          )}
        </div>
        <input
          ref={input}
          type="file"
          accept="image/*"
          className="hidden"
          onChange={pick}
          aria-label={t('avatar.choose')}
        />
      </div>
      {picked && <AvatarCrop file={picked} onClose={() => setPicked(undefined)} />}
    </div>
  )
}
