import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteMessage, showBranch } from '#contracts/assistant.ts'
import type { ChatMessage, Conversation } from '#contracts/schemas/assistant.ts'
import { useAct } from '@/app/query.ts'
import { useShortcuts } from '@/app/shortcuts.tsx'
import { callApi } from '@/lib/api.ts'
import { Confirm } from '@/ui/dialog.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { useChangeConversation, useModels } from '../api/conversations.ts'
import { keepDraft } from '../state/drafts.ts'
import * as threads from '../state/threads.ts'
import type { ThreadKey } from '../state/threads.ts'
import { prepareAnswers } from './answer-text.tsx'
import { ChatHeader } from './chat-header.tsx'
import { Composer } from './composer.tsx'
import { NotConfigured, missingSettings } from './not-configured.tsx'
import { Timeline } from './timeline.tsx'
import { Welcome } from './welcome.tsx'

interface Props {
  threadKey: ThreadKey
  conversation: Conversation | undefined
  /** This conversation is what the page is about; beside the list it is offered. */
  isPage: boolean
  onRename: (conversation: Conversation) => void
  onDelete: (conversation: Conversation) => void
}

/** One conversation: its messages and where one writes. */
export function Chat({ threadKey, conversation, isPage, onRename, onDelete }: Props) {
  const { t } = useTranslation('assistant')
  const navigate = useNavigate()
  const sought = useSought()
  const thread = threads.useThread(threadKey)
  const models = useModels()
  const [picked, setPicked] = useState<string>()
  const [editing, setEditing] = useState<number | null>(null)
  const [removing, setRemoving] = useState<ChatMessage | null>(null)
  const [composer, setComposer] = useState(0)
  const isLookedAt = useRef(false)
  useEffect(prepareAnswers, [])
  useEffect(() => {
    isLookedAt.current = true
    return () => {
      isLookedAt.current = false
    }
  }, [])

  const change = useChangeConversation()
  const regenerate = useAct({ act: (messageId: number) => threads.regenerate(Number(threadKey), messageId) })
  const edit = useAct({
    act: ({ id, text }: { id: number; text: string }) => threads.edit(Number(threadKey), id, text),
  })
  const show = useAct({
    act: (messageId: number) => callApi(showBranch, { params: { messageId } }),
    onDone: ({ conversationId }) => void threads.refresh(conversationId),
  })
  const stop = useAct({ act: () => threads.stop(threadKey) })
  const { mutate: reveal } = useAct({ act: (messageId: number) => threads.reveal(Number(threadKey), messageId) })
  const isReady = thread.phase === 'ready'
  useEffect(() => {
    if (sought !== undefined && isReady && threadKey !== 'new') reveal(sought)
  }, [sought, isReady, threadKey, reveal])

  const send = async (text: string): Promise<void> => {
    const id = await threads.say(threadKey, text, threadKey === 'new' ? picked : undefined)
    if (id !== undefined && threadKey === 'new' && isLookedAt.current) {
      await navigate({ to: `/assistant/${id}`, replace: true })
    }
  }
  /** Puts a text where one writes. */
  const write = (text: string): void => {
    keepDraft(threadKey, text)
    setComposer((before) => before + 1)
  }
  const editLast = (): void => {
    const last = thread.messages.findLast((one) => one.role === 'user')
    if (last && !thread.isWriting) setEditing(last.id)
  }
  useShortcuts(t('shortcuts.title'), [
    {
      keys: 'escape',
      label: t('shortcuts.stop'),
      run: () => thread.isWriting && !stop.isPending && stop.mutate(),
      always: true,
    },
  ])

  const settings = missingSettings(models.error)
  const model = conversation?.model ?? picked ?? models.data?.defaultModel
  const acts = {
    edit: (id: number, text: string) => edit.mutate({ id, text }),
    regenerate: (id: number) => regenerate.mutate(id),
    remove: setRemoving,
    show: (id: number) => show.mutate(id),
  }
  return (
    <>
      <ChatHeader
        conversation={conversation}
        isNew={threadKey === 'new'}
        isPage={isPage}
        models={models.data?.models ?? []}
        model={model}
        onModel={(name) =>
          conversation ? change.mutate({ id: conversation.id, change: { model: name } }) : setPicked(name)
        }
        onRename={onRename}
        onDelete={onDelete}
      />
      {thread.phase === 'failed' ? (
        <div className="flex-1">
          <ErrorState
            error={thread.error}
            title={t('timeline.failed')}
            onRetry={() => void threads.refresh(Number(threadKey))}
          />
        </div>
      ) : thread.phase === 'loading' ? (
        <Waiting />
      ) : thread.messages.length === 0 && !thread.pending && !thread.isWriting ? (
        <Welcome onPick={write} />
      ) : (
        <Timeline
          // Begun anew once what one came for is there: it is where the view then stands.
          key={sought !== undefined && thread.messages.some((one) => one.id === sought) ? sought : 'end'}
          thread={thread}
          acts={acts}
          editing={editing}
          setEditing={setEditing}
          sought={sought}
          onOlder={() => void threads.loadOlder(threadKey)}
          onSendAgain={() => void send(threads.discard(threadKey))}
          onTakeBack={() => write(threads.discard(threadKey))}
        />
      )}
      {settings && <NotConfigured settings={settings} />}
      <Composer
        key={composer}
        threadKey={threadKey}
        isWriting={thread.isWriting}
        disabled={settings !== undefined}
        onSend={(text) => void send(text)}
        onStop={() => stop.mutate()}
        onEditLast={editLast}
      />
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t('removal.title')}
        description={t('removal.about')}
        action={t('removal.action')}
        onConfirm={async () => {
          if (!removing) return
          await callApi(deleteMessage, { params: { messageId: removing.id } })
          await threads.refresh(removing.conversationId)
        }}
      />
    </>
  )
}

/** The message one came for, from a search. */
function useSought(): number | undefined {
  const { message }: { message?: number } = useSearch({ strict: false })
  return message
}

function Waiting() {
  return (
    <Loading className="min-h-0 flex-1 overflow-hidden">
      <div className="mx-auto max-w-[48rem] space-y-6 px-4 py-6 md:px-6">
        <Skeleton className="ml-auto h-11 w-2/5" />
        <div className="space-y-2">
          <Skeleton className="h-4 w-11/12" />
          <Skeleton className="h-4 w-4/5" />
          <Skeleton className="h-4 w-2/3" />
        </div>
        <Skeleton className="ml-auto h-11 w-1/3" />
        <div className="space-y-2">
          <Skeleton className="h-4 w-5/6" />
          <Skeleton className="h-4 w-3/4" />
        </div>
      </div>
    </Loading>
  )
}
