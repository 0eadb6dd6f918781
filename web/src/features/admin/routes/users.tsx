import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listUsers } from '#contracts/admin-users.ts'
import type { ManagedUser } from '#contracts/schemas/account.ts'
import { callApi } from '@/lib/api.ts'
import { nameOf, useAccount } from '@/lib/account.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Badge } from '@/ui/badge.tsx'
import { Field, Input, Select } from '@/ui/field.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { type Column, Pager, Table } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'
import { useRested } from '@/ui/use-rested.ts'
import { AdminPage } from '../components/admin-page.tsx'
import { type Act, UserActs } from '../components/user-acts.tsx'
import { UserMenu } from '../components/user-menu.tsx'
import { usersKey } from '../components/users-key.ts'

const pageSize = 20
const statuses = ['active', 'banned', 'deleted'] as const

/** Every account: who, what they may do, and whether they may come in. */
export function Page() {
  const { t } = useTranslation('admin')
  const { data: me } = useAccount()
  const [words, setWords] = useState('')
  const [status, setStatus] = useState('')
  const [page, setPage] = useState(1)
  const [act, setAct] = useState<Act>()
  const keyword = useRested(words.trim())
  const query = {
    page,
    page_size: pageSize,
    ...(keyword ? { keyword } : {}),
    ...(status ? { status: status as (typeof statuses)[number] } : {}),
  }
  const { data, error, refetch } = useQuery({
    queryKey: [...usersKey, query],
    queryFn: ({ signal }) => callApi(listUsers, { query }, { signal }),
    placeholderData: keepPreviousData,
  })
  const columns: Column<ManagedUser>[] = [
    {
      id: 'who',
      title: t('users.who'),
      className: 'w-full max-w-0',
      cell: (user) => (
        <span className="flex min-w-0 items-center gap-3">
          <Avatar id={user.user_id} name={nameOf(user)} src={user.avatar_url} />
          <span className="min-w-0">
            <span className="block truncate font-medium">
              {nameOf(user)} <span className="font-normal text-ink-3">@{user.username}</span>
            </span>
            <span className="block truncate text-12 text-ink-3">{user.email}</span>
          </span>
        </span>
      ),
    },
    {
      id: 'status',
      title: t('users.status'),
      cell: (user) => (
        <span className="flex items-center gap-2">
          {user.role === 'admin' && user.status === 'active' && <Badge tone="accent">{t('role.admin')}</Badge>}
          {user.role !== 'admin' && user.status === 'active' && (
            <span className="text-ink-2">{t('status.active')}</span>
          )}
          {user.status !== 'active' && <Badge tone="danger">{t(`status.${user.status}`)}</Badge>}
          {user.status === 'banned' && user.banned_until && (
            <span className="hidden text-12 text-ink-3 md:inline">
              {t('users.until')} <Time value={user.banned_until} style="date" />
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'seen',
      title: t('users.seen'),
      from: 'lg',
      className: 'text-ink-2',
      cell: (user) => (user.last_login_at ? <Time value={user.last_login_at} /> : t('users.never')),
    },
    {
      id: 'since',
      title: t('users.since'),
      from: 'lg',
      className: 'text-ink-2',
      cell: (user) => <Time value={user.created_at} style="date" />,
    },
    {
      id: 'acts',
      title: t('users.acts'),
      hiddenTitle: true,
      end: true,
      cell: (user) => <UserMenu user={user} self={user.user_id === me?.user_id} onAct={setAct} />,
    },
  ]
  return (
    <AdminPage title={t('users.title')}>
      <div className="mb-4 flex flex-wrap gap-3">
        <Field label={t('users.search')} hideLabel className="flex-1 basis-60">
          <Input
            type="search"
            icon="search"
            placeholder={t('users.search')}
            value={words}
            onChange={(event) => {
              setWords(event.target.value)
              setPage(1)
            }}
          />
        </Field>
        <Field label={t('users.status')} hideLabel className="w-40 max-sm:w-full">
          <Select
            value={status}
            options={[
              { value: '', label: t('status.any') },
              ...statuses.map((value) => ({ value, label: t(`status.${value}`) })),
            ]}
            onValue={(value) => {
              setStatus(value)
              setPage(1)
            }}
          />
        </Field>
      </div>
      {error && !data ? (
        <Card>
          <ErrorState error={error} title={t('users.failed')} onRetry={() => void refetch()} />
        </Card>
      ) : !data ? (
        <Card>
          <SkeletonRows count={8} />
        </Card>
      ) : data.users.length === 0 ? (
        <Card>
          <EmptyState icon="users" title={t('users.none')}>
            {t('users.noneHint')}
          </EmptyState>
        </Card>
      ) : (
        <>
          <Table caption={t('users.title')} columns={columns} rows={data.users} rowKey={(user) => user.user_id} />
          <Pager page={page} pageSize={pageSize} total={data.total} onPage={setPage} />
        </>
      )}
      {act && <UserActs act={act} onClose={() => setAct(undefined)} />}
    </AdminPage>
  )
}
