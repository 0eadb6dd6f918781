import { useNavigate, useParams, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Conversation } from '#contracts/schemas/assistant.ts'
import { queryClient } from '@/app/query.ts'
import { useLiveEvent } from '@/lib/live.ts'
import { ApiError } from '@/lib/api-error.ts'
import { LinkButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { ListDetail, useTitle } from '@/ui/page.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { conversationKey, conversationsKey, useConversation, useDeleteConversation } from '../api/conversations.ts'
import { Chat } from '../components/chat.tsx'
import { ConversationList } from '../components/conversation-list.tsx'
import { RenameDialog } from '../components/rename-dialog.tsx'
import { forget, refreshOpen } from '../state/threads.ts'

/** The assistant: conversations on the left, one of them beside it. On a phone one at a time. */
export function Page() {
  const { t } = useTranslation('assistant')
  const navigate = useNavigate()
  const { id: given }: { id?: string } = useParams({ strict: false })
  const id = given !== undefined && /^[1-9]\d{0,9}$/.test(given) ? Number(given) : undefined
  const isList = useRouterState({ select: (state) => /\/assistant\/?$/.test(state.location.pathname) })
  const { data: conversation, error } = useConversation(id)
  const [renaming, setRenaming] = useState<Conversation | null>(null)
  const [deleting, setDeleting] = useState<Conversation | null>(null)
  const remove = useDeleteConversation()
  useTitle(conversation?.title ?? t('title'))
  useOtherTabs(id)
  const isGone = (given !== undefined && id === undefined) || (error instanceof ApiError && error.status === 404)

  return (
    <>
      <ListDetail
        detailOpen={!isList}
        list={<ConversationList selected={id} isPage={isList} onRename={setRenaming} onDelete={setDeleting} />}
        detail={
          isGone ? (
            <EmptyState
              icon="message-square"
              title={t('gone.title')}
              heading
              action={<LinkButton to={'/assistant/new'}>{t('list.new')}</LinkButton>}
            >
              {t('gone.hint')}
            </EmptyState>
          ) : (
            <Chat
              key={id ?? 'new'}
              threadKey={id ?? 'new'}
              conversation={id === undefined ? undefined : conversation}
              isPage={!isList}
              onRename={setRenaming}
              onDelete={setDeleting}
            />
          )
        }
      />
      {renaming && <RenameDialog conversation={renaming} onClose={() => setRenaming(null)} />}
      <Confirm
        open={deleting !== null}
        onOpenChange={(open) => !open && setDeleting(null)}
        title={t('deletion.title', { title: deleting?.title })}
        description={t('deletion.about')}
        action={t('deletion.action')}
        onConfirm={async () => {
          if (!deleting) return
          await remove.mutateAsync(deleting.id)
          forget(deleting.id)
          if (deleting.id === id) await navigate({ to: '/assistant/new', replace: true })
        }}
      />
    </>
  )
}

/** Takes in what happens in other tabs and on other devices. */
function useOtherTabs(id: number | undefined): void {
  const navigate = useNavigate()
  useLiveEvent('assistant.conversation.changed', (data) => {
    void queryClient.invalidateQueries({ queryKey: conversationsKey })
    const changed = (data as { conversationId: number } | undefined)?.conversationId ?? id
    if (changed === undefined) return
    void queryClient.invalidateQueries({ queryKey: conversationKey(changed) })
    refreshOpen(changed)
  })
  useLiveEvent('assistant.conversation.deleted', (data) => {
    const deleted = (data as { conversationId: number } | undefined)?.conversationId
    if (deleted === undefined) return
    void queryClient.invalidateQueries({ queryKey: conversationsKey })
    forget(deleted)
    if (deleted === id) void navigate({ to: '/assistant/new', replace: true })
  })
  // A title that the model writes comes a moment after the answer; without a socket, one looks again on return.
  useEffect(() => {
    const look = () =>
      document.visibilityState === 'visible' && void queryClient.invalidateQueries({ queryKey: conversationsKey })
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
}
