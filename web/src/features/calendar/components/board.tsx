import FullCalendar, {
  type CalendarRef,
  type DatesSetInfo,
  type EventApi,
  type EventDisplayInfo,
} from '@fullcalendar/react'
import dayGridPlugin from '@fullcalendar/react/daygrid'
import interactionPlugin from '@fullcalendar/react/interaction'
import listPlugin from '@fullcalendar/react/list'
import zhCn from '@fullcalendar/react/locales/zh-cn'
import zhTw from '@fullcalendar/react/locales/zh-tw'
import breezyTheme from '@fullcalendar/react/themes/breezy'
import timeGridPlugin from '@fullcalendar/react/timegrid'
import '@fullcalendar/react/skeleton.css'
import '@fullcalendar/react/themes/breezy/theme.css'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScheduleView } from '#contracts/calendar.ts'
import { useNarrow } from '@/lib/use-narrow.ts'
import { cx } from '@/ui/cx.ts'
import { Icon } from '@/ui/icons.tsx'
import '../calendar.css'
import { Carrying } from './carrying.tsx'
import { useKeyboardDrag } from './use-keyboard-drag.ts'
import { useReachableScrollers } from './use-reachable-scrollers.ts'

const views = { month: 'dayGridMonth', week: 'timeGridWeek', day: 'timeGridDay', agenda: 'listMonth' } as const
/** The four ways to look at a calendar. */
export const VIEWS = ['month', 'week', 'day', 'agenda'] as const satisfies readonly (keyof typeof views)[]
export type ViewName = (typeof VIEWS)[number]

/** FullCalendar's own name of a view. Seven columns are too narrow to read on a phone: three days stand for a week there. */
export const viewOf = (name: ViewName, isNarrow: boolean): string =>
  name === 'week' && isNarrow ? 'timeGridDays' : views[name]
const own = { timeGridDays: { type: 'timeGrid', duration: { days: 3 } } }

interface Props {
  ref: Ref<CalendarRef>
  schedules: readonly ScheduleView[]
  zone: string | undefined
  view: ViewName
  /** Whether the schedules are read: before that, that there are none is not said. */
  isKnown: boolean
  onRange: (info: DatesSetInfo) => void
  onPick: (start: string, end: string, allDay: boolean) => void
  onOpen: (schedule: ScheduleView) => void
  onMove: (
    schedule: ScheduleView,
    start: string,
    end: string,
    allDay: boolean,
    /** Called when it is saved, and when it cannot be. */
    then: { done?: () => void; putBack?: () => void },
  ) => void
}

const plugins = [dayGridPlugin, timeGridPlugin, listPlugin, interactionPlugin, breezyTheme]
const locales = [zhTw, zhCn]
const clock = { hour: '2-digit', minute: '2-digit', hour12: false } as const

/** The calendar itself: drag over empty time to make a schedule, drag one to move it, its edge to make it longer, or both by keys. */
export function Board({ ref, schedules, zone, view, isKnown, onRange, onPick, onOpen, onMove }: Props) {
  const { i18n, t } = useTranslation('calendar')
  const find = (id: string): ScheduleView | undefined => schedules.find((one) => String(one.id) === id)
  const isBusy = (event: EventApi | null): boolean => (event ? (find(event.id)?.busy ?? true) : true)
  const move = ({ event, revert }: { event: EventApi; revert: () => void }): void => {
    const schedule = find(event.id)
    if (!schedule || !event.start) return revert()
    const minutes = Date.parse(schedule.end_at) - Date.parse(schedule.start_at)
    const end =
      event.end ?? new Date(event.start.getTime() + (event.allDay ? 86_400_000 : Math.min(minutes, 3_600_000)))
    onMove(schedule, event.start.toISOString(), end.toISOString(), event.allDay, { putBack: revert })
  }
  const { carried, shown, onKeyDown } = useKeyboardDrag({
    schedules,
    byDays: view === 'month',
    onDrop: (schedule, start, end, done) => onMove(schedule, start, end, schedule.all_day, { done }),
  })
  const isNarrow = useNarrow()
  const begunIn = useRef(zone)
  const frame = useRef<HTMLDivElement>(null)
  const calendar = useRef<CalendarRef>(null)
  useImperativeHandle(ref, () => calendar.current as CalendarRef)
  useEffect(() => {
    // The account's zone is known after the calendar was drawn in the browser's, where it may still be another day.
    if (begunIn.current === zone) return
    begunIn.current = zone
    calendar.current?.getApi().today()
  }, [zone])
  useEffect(() => {
    const name = viewOf(view, isNarrow)
    if (calendar.current?.getApi().view.type !== name) calendar.current?.getApi().changeView(name)
  }, [view, isNarrow])
  useReachableScrollers(frame, [view, isNarrow, schedules])
  return (
    <div ref={frame} className="h-full" onKeyDownCapture={onKeyDown}>
      <FullCalendar
        ref={calendar}
        plugins={plugins}
        locales={locales}
        locale={i18n.language.toLowerCase()}
        timeZone={zone ?? 'local'}
        views={own}
        initialView={viewOf(view, isNarrow)}
        headerToolbar={false}
        height="100%"
        firstDay={1}
        nowIndicator
        dayMaxEvents
        expandRows
        slotEventOverlap={false}
        // One line of words and the theme's distance from both neighbours.
        eventMinHeight={28}
        scrollTime="08:00:00"
        scrollTimeReset={false}
        slotHeaderFormat={clock}
        eventTimeFormat={clock}
        listDayFormat={{ month: 'long', day: 'numeric' }}
        noEventsText={isKnown ? t('nothing') : ''}
        selectable
        selectMirror
        editable
        eventInteractive
        longPressDelay={350}
        snapDuration="00:15:00"
        datesSet={onRange}
        select={({ startStr, endStr, allDay, view: { calendar } }) => {
          onPick(startStr, endStr, allDay)
          calendar.unselect()
        }}
        eventClick={({ event, jsEvent }) => {
          jsEvent.preventDefault()
          const schedule = find(event.id)
          if (schedule) onOpen(schedule)
        }}
        // What takes up time cannot be dropped on what does: the pointer says so before it is let go.
        eventOverlap={(still, moving) => !(isBusy(still) && isBusy(moving))}
        eventDrop={move}
        eventResize={move}
        events={shown.map((schedule) => ({
          id: String(schedule.id),
          title: schedule.title,
          start: schedule.all_day ? schedule.start_time.slice(0, 10) : schedule.start_at,
          end: schedule.all_day ? schedule.end_time.slice(0, 10) : schedule.end_at,
          allDay: schedule.all_day,
          extendedProps: { schedule },
        }))}
        eventClass={({ event, isSelected, isDragging, isMirror }: EventDisplayInfo) =>
          cx(
            classOf(event.extendedProps['schedule'] as ScheduleView | undefined),
            (isSelected || isDragging || isMirror || event.id === String(carried?.schedule.id)) && 'confab-carried',
          )
        }
        eventContent={(info: EventDisplayInfo) => <Inside info={info} />}
      />
      <Carrying carried={carried} />
    </div>
  )
}

function classOf(schedule: ScheduleView | undefined): string {
  if (!schedule) return ''
  if (schedule.conflict) return 'confab-conflict'
  return schedule.busy ? '' : 'confab-free'
}

/** From this length on there is room for two lines in a day's column. */
const TALL_MS = 45 * 60_000

/** `10:30` of `10:30 – 12:00`. */
const beginOf = (timeText: string): string => timeText.split(/\s*[–-]\s*/)[0] ?? ''

function Inside({ info }: { info: EventDisplayInfo }) {
  const { t } = useTranslation('calendar')
  const { event, view, timeText } = info
  const schedule = event.extendedProps['schedule'] as ScheduleView | undefined
  const isColumn = view.type.startsWith('timeGrid') && !event.allDay
  const isTall = isColumn && event.start !== null && event.end !== null && +event.end - +event.start >= TALL_MS
  const marks = (
    <>
      {schedule?.conflict && (
        <Icon
          name="triangle-alert"
          size={12}
          label={t('conflict')}
          className="mr-1 inline shrink-0 align-[-0.1em] text-warn-ink"
        />
      )}
      {typeof schedule?.meeting_id === 'number' && (
        <Icon name="video" size={12} label={t('meeting')} className="mr-1 inline shrink-0 align-[-0.1em]" />
      )}
    </>
  )
  if (isTall) {
    return (
      <span data-schedule={event.id} className="block overflow-hidden text-12 leading-4.5">
        {marks}
        <bdi className="font-medium">{event.title}</bdi>
        <span className="block truncate tabular-nums opacity-80 max-lg:hidden">{timeText}</span>
        <span className="block truncate tabular-nums opacity-80 lg:hidden">{beginOf(timeText)}</span>
      </span>
    )
  }
  return (
    <span
      data-schedule={event.id}
      className={cx('flex min-w-0 items-center overflow-hidden px-1 text-12', isColumn ? 'leading-4' : 'leading-6')}
    >
      {marks}
      {!isColumn && timeText && <span className="mr-1 shrink-0 tabular-nums opacity-80">{timeText}</span>}
      <bdi className="truncate font-medium">{event.title}</bdi>
      {isColumn && <span className="ml-1 shrink-0 tabular-nums opacity-80 max-lg:hidden">{beginOf(timeText)}</span>}
    </span>
  )
}
