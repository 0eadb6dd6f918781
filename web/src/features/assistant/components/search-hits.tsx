import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { cx } from '@/ui/cx.ts'
import { useSearchHits } from '../api/conversations.ts'

/** Where the words occur, in titles and messages of all conversations, also on branches that are not shown. */
export function SearchHits({ words, selected }: { words: string; selected: number | undefined }) {
  const { t } = useTranslation('assistant')
  const { data, error, refetch } = useSearchHits(words)
  if (!data) return error ? <ErrorState error={error} compact onRetry={() => void refetch()} /> : <SkeletonRows />
  if (data.length === 0) {
    return (
      <EmptyState icon="search" title={t('list.nothing', { words })} compact>
        {t('list.nothingHint')}
      </EmptyState>
    )
  }
  return (
    <nav aria-label={t('list.found')} className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
      <ul>
        {data.map((hit) => (
          <li key={`${hit.conversationId}-${hit.messageId}`}>
            <Link
              to={`/assistant/${hit.conversationId}`}
              search={(hit.messageId === null ? {} : { message: hit.messageId }) as never}
              className={cx('block rounded-6 p-2 hover:bg-hover', hit.conversationId === selected && 'bg-pressed')}
            >
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 flex-1 truncate font-medium">{hit.title}</span>
                <span className="shrink-0 text-12 text-ink-3">
                  <Time value={hit.updatedAt} />
                </span>
              </span>
              {hit.messageId !== null && (
                <span className="line-clamp-2 text-12 text-ink-2">
                  <Marked text={hit.excerpt} words={words} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The text with what was sought marked. */
function Marked({ text, words }: { text: string; words: string }) {
  const at = text.toLowerCase().indexOf(words.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-[2px] bg-warn-soft text-ink">{text.slice(at, at + words.length)}</mark>
      {text.slice(at + words.length)}
    </>
  )
}
