import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { VList } from 'virtua'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { useZone } from '@/lib/account.ts'
import { LinkButton } from '@/ui/button.tsx'
import { Input } from '@/ui/field.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { useMinute } from '@/ui/time.tsx'
import { useRested } from '@/ui/use-rested.ts'
import { useConversations } from '../api/conversations.ts'
import { groupsOf } from '../state/groups.ts'
import { ConversationRow } from './conversation-row.tsx'
import { SearchHits } from './search-hits.tsx'

interface Props {
  selected: number | undefined
  onRename: (conversation: Conversation) => void
  onDelete: (conversation: Conversation) => void
}

/** One's conversations: pinned, then by day; or what was found in all of them. */
export function ConversationList({ selected, isPage, onRename, onDelete }: Props & { isPage: boolean }) {
  const { t } = useTranslation('assistant')
  const [words, setWords] = useState('')
  const sought = useRested(words.trim())
  return (
    <>
      {isPage && <h1 className="px-4 pt-3 text-16 font-semibold">{t('title')}</h1>}
      <div className="flex items-center gap-2 px-3 pb-2 pt-3">
        <div className="min-w-0 flex-1">
          <Input
            type="search"
            icon="search"
            value={words}
            aria-label={t('list.search')}
            placeholder={t('list.search')}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setWords('')}
          />
        </div>
        <LinkButton to={'/assistant/new'} icon="square-pen" aria-label={t('list.new')} className="px-2.5!" />
      </div>
      {sought === '' ? (
        <All selected={selected} onRename={onRename} onDelete={onDelete} />
      ) : (
        <SearchHits words={sought} selected={selected} />
      )}
    </>
  )
}

function All({ selected, onRename, onDelete }: Props) {
  const { t } = useTranslation('assistant')
  const zone = useZone()
  const now = useMinute()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useConversations()
  if (!data) return error ? <ErrorState error={error} compact onRetry={() => void refetch()} /> : <SkeletonRows />
  const rows = groupsOf(
    data.pages.flatMap((page) => page.convs),
    new Date(now),
    zone,
  )
  if (rows.length === 0) {
    return (
      <EmptyState icon="message-square" title={t('list.empty')} compact>
        {t('list.emptyHint')}
      </EmptyState>
    )
  }
  return (
    <nav aria-label={t('list.label')} className="min-h-0 flex-1">
      <VList
        data={rows}
        className="h-full px-2 pb-3"
        onScrollEnd={() => undefined}
        onScroll={(offset) => {
          // A page of 50 rows of 36 px is read long before its end is reached.
          if (hasNextPage && !isFetchingNextPage && offset > rows.length * 36 - 2_400) void fetchNextPage()
        }}
      >
        {(row) =>
          row.kind === 'group' ? (
            <h2 key={row.group} className="px-2 pb-1 pt-4 text-12 font-medium text-ink-3">
              {t(`list.group.${row.group}`)}
            </h2>
          ) : (
            <ConversationRow
              key={row.conversation.id}
              conversation={row.conversation}
              isSelected={row.conversation.id === selected}
              onRename={onRename}
              onDelete={onDelete}
            />
          )
        }
      </VList>
    </nav>
  )
}
