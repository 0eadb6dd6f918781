import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useEffectEvent, useState } from 'react'
import type { ScheduleView } from '#contracts/calendar.ts'
import { nudge } from '../local-clock.ts'

/** A schedule that is being moved by keys, and where it stands now, on the account's clock. */
export interface Carried {
  readonly schedule: ScheduleView
  readonly start: string
  readonly end: string
  /** Put down and being saved. */
  readonly isDown: boolean
}

const ARROWS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const
type Arrow = (typeof ARROWS)[number]
const isArrow = (key: string): key is Arrow => (ARROWS as readonly string[]).includes(key)

interface Parts {
  schedules: readonly ScheduleView[]
  /** Whether days stand below each other too, as in a month. */
  byDays: boolean
  /** Saves where it was put down; `done` is called either way. */
  onDrop: (schedule: ScheduleView, start: string, end: string, done: () => void) => void
}

/** The element of a schedule on the board. */
const elementOf = (id: number): HTMLElement | null | undefined =>
  document.querySelector(`[data-schedule="${id}"]`)?.closest<HTMLElement>('[tabindex]')

/**
 * Dragging without a pointer: the space bar picks up the schedule that has the focus, arrows carry it, with Shift they
 * move its end, Enter or the space bar puts it down, Escape brings it back.
 */
export function useKeyboardDrag({ schedules, byDays, onDrop }: Parts) {
  const [carried, setCarried] = useState<Carried | null>(null)

  /** For the capturing phase, before the board takes the space bar for a click. */
  const onKeyDown = (event: ReactKeyboardEvent): void => {
    if (event.key !== ' ' || carried) return
    const target = event.target as HTMLElement
    const id = target.querySelector?.('[data-schedule]')?.getAttribute('data-schedule')
    const schedule = schedules.find((one) => String(one.id) === id)
    if (!schedule) return
    event.preventDefault()
    event.stopPropagation()
    setCarried({
      schedule,
      start: schedule.start_time.slice(0, 16),
      end: schedule.end_time.slice(0, 16),
      isDown: false,
    })
  }

  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if (!carried || carried.isDown) return
    const { schedule, start, end } = carried
    if (isArrow(event.key)) {
      const how = { resize: event.shiftKey, byDays: byDays || schedule.all_day }
      setCarried({ ...carried, ...nudge(carried, event.key, how) })
    } else if (event.key === 'Enter' || event.key === ' ') {
      const isSame = start === schedule.start_time.slice(0, 16) && end === schedule.end_time.slice(0, 16)
      if (isSame) setCarried(null)
      else {
        setCarried({ ...carried, isDown: true })
        onDrop(schedule, start, end, () => setCarried(null))
      }
    } else if (event.key === 'Escape' || event.key === 'Tab') setCarried(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  const isCarrying = carried !== null
  useEffect(() => {
    if (!isCarrying) return
    const keep = (event: KeyboardEvent): void => onKey(event)
    const letGo = (): void => setCarried((now) => (now?.isDown ? now : null))
    window.addEventListener('keydown', keep, { capture: true })
    window.addEventListener('pointerdown', letGo)
    return () => {
      window.removeEventListener('keydown', keep, { capture: true })
      window.removeEventListener('pointerdown', letGo)
    }
  }, [isCarrying])

  // The board draws a schedule anew where it moves to another day; the focus goes with it.
  useEffect(() => {
    if (!carried) return
    const frame = requestAnimationFrame(() => {
      const element = elementOf(carried.schedule.id)
      if (element && element !== document.activeElement) element.focus({ preventScroll: false })
    })
    return () => cancelAnimationFrame(frame)
  }, [carried])

  /** The schedules with the carried one where it is now. */
  const shown = carried
    ? schedules.map((one) =>
        one.id === carried.schedule.id
          ? {
              ...one,
              start_at: carried.start,
              end_at: carried.end,
              start_time: carried.start,
              end_time: carried.end,
            }
          : one,
      )
    : schedules
  return { carried, shown, onKeyDown }
}
