import { useTranslation } from 'react-i18next'
import { unbanUser, updateUser } from '#contracts/admin-users.ts'
import type { ManagedUser } from '#contracts/schemas/account.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { nameOf } from '@/lib/account.ts'
import { IconButton } from '@/ui/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { toast } from '@/ui/toast.tsx'
import type { Act } from './user-acts.tsx'
import { usersKey } from './users-key.ts'

/** What an admin may do with an account. Nobody can lock themselves out here. */
export function UserMenu({ user, self, onAct }: { user: ManagedUser; self: boolean; onAct: (act: Act) => void }) {
  const { t } = useTranslation('admin')
  const name = nameOf(user)
  const role = useAct({
    act: (to: ManagedUser['role']) => callApi(updateUser, { params: { id: user.user_id }, body: { role: to } }),
    invalidates: [usersKey],
    onDone: (updated) => toast(t(`users.now.${updated.role}`, { name }), { tone: 'ok' }),
  })
  const unban = useAct({
    act: () => callApi(unbanUser, { params: { id: user.user_id } }),
    invalidates: [usersKey],
    onDone: () => toast(t('users.unbanned', { name }), { tone: 'ok' }),
  })
  if (self || user.status === 'deleted') return null
  return (
    <Menu
      trigger={
        <IconButton icon="ellipsis" label={t('users.menu', { name })} busy={role.isPending || unban.isPending} />
      }
    >
      {user.role === 'admin' ? (
        <MenuItem icon="user" onSelect={() => role.mutate('user')}>
          {t('users.makeUser')}
        </MenuItem>
      ) : (
        <MenuItem icon="shield" onSelect={() => role.mutate('admin')}>
          {t('users.makeAdmin')}
        </MenuItem>
      )}
      {user.status === 'banned' ? (
        <MenuItem icon="lock-open" onSelect={() => unban.mutate()}>
          {t('users.unban')}
        </MenuItem>
      ) : (
        <MenuItem icon="ban" onSelect={() => onAct({ kind: 'ban', user })}>
          {t('users.ban')}
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon="trash-2" danger onSelect={() => onAct({ kind: 'delete', user })}>
        {t('users.delete')}
      </MenuItem>
    </Menu>
  )
}
