import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { useStore } from '../use-store.ts'
import { ChatComposer } from './chat-composer.tsx'
import { ChatGroup } from './chat-group.tsx'
import { groupLines } from './chat-groups.ts'
import { useModerates, useRoom, useRoomState } from './room-context.ts'
import { SidePanel } from './side-panel.tsx'

const NEAR = 80

/** What is said in writing, the newest at the foot; it stays there unless one scrolled up. */
export function ChatPanel() {
  const { t } = useTranslation('meetings')
  const { session, ui } = useRoom()
  const { entries, hasEarlier, loading } = useStore(session.chat.state)
  const moderates = useModerates()
  const allowed = useRoomState((state) => state.settings['enable_chat'] !== false) || moderates
  const list = useRef<HTMLDivElement>(null)
  const atFoot = useRef(true)
  const groups = useMemo(() => groupLines(entries), [entries])
  const lastSeq = entries.findLast((entry) => entry.seq !== null)?.seq ?? 0

  useEffect(() => ui.patch({ readSeq: Math.max(ui.get().readSeq, lastSeq) }), [ui, lastSeq])
  useLayoutEffect(() => {
    const element = list.current
    if (element && atFoot.current) element.scrollTop = element.scrollHeight
  }, [entries])

  return (
    <SidePanel title={t('chat.title')}>
      <div
        ref={list}
        role="log"
        aria-label={t('chat.title')}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atFoot.current = scrollHeight - scrollTop - clientHeight < NEAR
        }}
        className="min-h-0 flex-1 overflow-y-auto px-4 pb-2"
      >
        {hasEarlier && (
          <div className="flex justify-center pb-3">
            <Button size="sm" kind="ghost" busy={loading} onClick={() => void session.chat.loadEarlier()}>
              {t('chat.earlier')}
            </Button>
          </div>
        )}
        {entries.length === 0 ? (
          <EmptyState icon="message-square" compact title={t('chat.empty')}>
            {t('chat.emptyHint')}
          </EmptyState>
        ) : (
          groups.map((group) => <ChatGroup key={group.key} group={group} />)
        )}
      </div>
      {allowed ? (
        <ChatComposer />
      ) : (
        <p className="border-t border-line px-4 py-3 text-center text-ink-3">{t('chat.off')}</p>
      )}
    </SidePanel>
  )
}
