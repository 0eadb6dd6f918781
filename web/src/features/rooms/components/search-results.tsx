import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { searchGroupMessages } from '#contracts/rooms.ts'
import type { RoomFile, RoomMessage } from '#contracts/schemas/room.ts'
import { callApi } from '@/lib/api.ts'
import { Icon } from '@/ui/icons.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { useRested } from '@/ui/use-rested.ts'
import { plainWords } from '../state/plain-words.ts'
import { useRooms } from '../state/rooms.ts'

/** Messages that hold the words, in every room one is in. */
export function SearchResults({ words }: { words: string }) {
  const { t } = useTranslation('rooms')
  const q = useRested(words.trim())
  const rooms = useRooms()
  const found = useQuery({
    queryKey: ['rooms', 'search', q],
    queryFn: async ({ signal }) =>
      (await callApi(searchGroupMessages, { query: { q, limit: 30 } }, { signal })).messages,
    enabled: q !== '',
  })
  return (
    <section aria-label={t('search.messages')} className="mt-2 border-t border-line pt-2">
      <h2 className="px-4 py-1 text-12 font-medium text-ink-3">{t('search.messages')}</h2>
      {found.isPending && <SkeletonRows count={3} />}
      {found.isError && <ErrorState compact error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.length === 0 && <p className="px-4 py-3 text-ink-2">{t('search.nothing', { words: q })}</p>}
      <ul>
        {found.data?.map((message) => (
          <li key={message.id}>
            <Link
              to="/rooms/$id"
              params={{ id: String(message.chat_room_id) }}
              search={{ at: message.seq }}
              className="block px-4 py-2 hover:bg-hover"
            >
              <span className="flex items-baseline gap-2 text-12 text-ink-3">
                <bdi className="min-w-0 flex-1 truncate">
                  {message.sender?.name} · {rooms.data?.find((room) => room.id === message.chat_room_id)?.name}
                </bdi>
                <Time value={message.sent_at} />
              </span>
              {message.content !== '' && <span className="line-clamp-2">{marked(plainWords(message.content), q)}</span>}
              {filesToTell(message, q).map(({ id, name }) => (
                <span key={id} className="flex items-center gap-1.5">
                  <Icon name="paperclip" size={14} className="shrink-0 text-ink-3" />
                  <span className="truncate">{marked(name, q)}</span>
                </span>
              ))}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

const holds = (text: string, words: string): boolean => text.toLowerCase().includes(words.toLowerCase())

/** The files a message was found by; of one without words, the first. */
function filesToTell({ content, files }: RoomMessage, words: string): readonly RoomFile[] {
  const found = files.filter(({ name }) => holds(name, words))
  return found.length > 0 || content !== '' ? found.slice(0, 3) : files.slice(0, 1)
}

/** The piece of a text around the words, with them marked. */
function marked(text: string, words: string) {
  const at = text.toLowerCase().indexOf(words.toLowerCase())
  if (at < 0) return text.slice(0, 160)
  const from = Math.max(0, at - 40)
  return (
    <>
      {from > 0 && '…'}
      {text.slice(from, at)}
      <mark className="rounded-[3px] bg-warn-soft text-warn-ink">{text.slice(at, at + words.length)}</mark>
      {text.slice(at + words.length, at + 160)}
    </>
  )
}
