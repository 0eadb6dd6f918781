import type { CalendarRef, DatesSetInfo } from '@fullcalendar/react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getSchedule } from '#contracts/calendar.ts'
import { useShortcuts } from '@/app/shortcuts.tsx'
import { useZone } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { preference } from '@/lib/preferences.ts'
import { dayOf } from '@/lib/time.ts'
import { isNarrowNow, useNarrow } from '@/lib/use-narrow.ts'
import { Button, IconButton } from '@/ui/button.tsx'
import { Menu, MenuItem } from '@/ui/menu.tsx'
import { useTitle } from '@/ui/page.tsx'
import { ErrorState } from '@/ui/states.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { Board, VIEWS, type ViewName } from '../components/board.tsx'
import { Editor } from '../components/editor.tsx'
import { FeedDialog } from '../components/feed-dialog.tsx'
import { ImportDialog } from '../components/import-dialog.tsx'
import { laterBy } from '../local-clock.ts'
import { type Draft, draftOf, useMove, useSchedules } from '../schedules.ts'

const chosenView = preference<ViewName>('confab.calendar.view', VIEWS, () => (isNarrowNow() ? 'agenda' : 'week'))

/** The calendar of the account, on its own clock. */
export function Page() {
  const { t } = useTranslation('calendar')
  const navigate = useNavigate()
  const zone = useZone()
  const asked: { new?: unknown; schedule?: number } = useSearch({ strict: false })
  const board = useRef<CalendarRef>(null)
  const view = chosenView.use()
  const isNarrow = useNarrow()
  const [dates, setDates] = useState<DatesSetInfo>()
  const [draft, setDraft] = useState<Draft | null>(null)
  const [isFeed, setFeed] = useState(false)
  const [isImport, setImport] = useState(false)
  const range = dates && { from: dates.start.toISOString(), to: dates.end.toISOString() }
  const schedules = useSchedules(range)
  const move = useMove(range)
  useTitle(t('title'))

  const api = () => board.current?.getApi()
  const labelOf = (name: ViewName): string => t(name === 'week' && isNarrow ? 'view.days' : `view.${name}`)
  const create = (start?: string, end?: string, allDay = false): void =>
    setDraft(newDraft(zone, start ?? firstOf(dates, zone), end, allDay))
  const close = (): void => {
    setDraft(null)
    if (asked.new !== undefined || asked.schedule !== undefined) void navigate({ to: '.', search: {}, replace: true })
  }
  const named = useQuery({
    queryKey: ['schedules', 'one', asked.schedule],
    queryFn: ({ signal }) => callApi(getSchedule, { params: { id: asked.schedule ?? 0 } }, { signal }),
    enabled: typeof asked.schedule === 'number',
  })
  const isNew = asked.new !== undefined
  const fresh = useMemo(() => (isNew ? newDraft(zone, undefined, undefined, false) : null), [isNew, zone])
  useShortcuts(t('title'), [
    { keys: 't', label: t('today'), run: () => api()?.today() },
    { keys: 'left', label: t('earlier'), run: () => api()?.prev() },
    { keys: 'right', label: t('later'), run: () => api()?.next() },
    { keys: 'c', label: t('create'), run: () => create() },
    // Shown alone: the board itself listens, where a schedule has the focus.
    { keys: 'space', label: t('carry.pick'), run: () => undefined },
    ...VIEWS.map((name) => ({
      keys: name.charAt(0),
      label: labelOf(name),
      run: () => chosenView.set(name),
    })),
  ])

  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-14 flex-wrap items-center gap-2 px-3 py-2 md:px-5">
        <h1
          className="mr-auto min-w-0 truncate text-20 font-semibold max-lg:flex-1 max-md:basis-3/5 md:max-lg:basis-[calc(100%-11rem)]"
          aria-live="polite"
        >
          {dates?.view.title ?? t('title')}
        </h1>
        <Button size="md" onClick={() => api()?.today()} className="max-lg:order-2">
          {t('today')}
        </Button>
        <span className="flex max-lg:order-2">
          <IconButton icon="chevron-left" label={t('earlier')} onClick={() => api()?.prev()} />
          <IconButton icon="chevron-right" label={t('later')} onClick={() => api()?.next()} />
        </span>
        <Segmented
          label={t('view.label')}
          value={view}
          onValue={chosenView.set}
          options={VIEWS.map((name) => ({ value: name, label: labelOf(name) }))}
          className="max-md:w-full max-lg:order-last md:max-lg:ml-auto"
        />
        <Menu trigger={<IconButton icon="ellipsis" label={t('more')} />}>
          <MenuItem icon="upload" onSelect={() => setImport(true)}>
            {t('import.title')}
          </MenuItem>
          <MenuItem icon="link" onSelect={() => setFeed(true)}>
            {t('feed.title')}
          </MenuItem>
        </Menu>
        <Button kind="primary" icon="plus" onClick={() => create()} aria-label={t('create')} className="max-md:px-2.5">
          <span className="max-md:hidden">{t('createShort')}</span>
        </Button>
      </header>
      {schedules.isError && !schedules.data ? (
        <ErrorState compact error={schedules.error} title={t('failed')} onRetry={() => void schedules.refetch()} />
      ) : null}
      <div className="min-h-0 flex-1 border-t border-line">
        <Board
          ref={board}
          schedules={schedules.data ?? []}
          zone={zone}
          view={view}
          isKnown={schedules.data !== undefined}
          onRange={setDates}
          onPick={create}
          onOpen={(schedule) => setDraft(draftOf(schedule))}
          onMove={(schedule, start, end, allDay, { done, putBack }) =>
            move.mutate(
              { id: schedule.id, start, end, allDay },
              { onError: () => putBack?.(), onSettled: () => done?.() },
            )
          }
        />
      </div>
      <Editor draft={draft ?? fresh ?? (named.data ? draftOf(named.data) : null)} onClose={close} />
      <FeedDialog open={isFeed} onOpenChange={setFeed} />
      <ImportDialog open={isImport} onOpenChange={setImport} />
    </div>
  )
}

/** Nine o'clock of the first day that is looked at; undefined while today is among them. */
function firstOf(dates: DatesSetInfo | undefined, zone: string | undefined): string | undefined {
  if (!dates) return undefined
  const { currentStart, currentEnd } = dates.view
  const now = Date.now()
  return now < +currentEnd && now >= +currentStart ? undefined : `${dayOf(currentStart, zone)}T09:00`
}

/** An empty draft: at the time that was picked, else at the next full hour. */
function newDraft(
  zone: string | undefined,
  start: string | undefined,
  end: string | undefined,
  allDay: boolean,
): Draft {
  const local = (moment: Date): string =>
    new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: zone })
      .format(moment)
      .replace(' ', 'T')
  const hour = Math.ceil((Date.now() + 1) / 3_600_000) * 3_600_000
  const at = (text: string | undefined, otherwise: number): string =>
    text === undefined ? local(new Date(otherwise)) : text.length === 10 ? `${text}T00:00` : text.slice(0, 16)
  return {
    id: null,
    title: '',
    description: '',
    start: at(start, hour),
    end: start !== undefined && end === undefined ? laterBy(at(start, hour), 60) : at(end, hour + 3_600_000),
    allDay,
    busy: !allDay,
    reminderMinutes: allDay ? null : 10,
    meetingId: null,
  }
}
