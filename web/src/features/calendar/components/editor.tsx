import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '@/ui/toast.tsx'
import { Notice } from '@/ui/badge.tsx'
import { Button, LinkButton } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input, Select, TextArea } from '@/ui/field.tsx'
import { Switch } from '@/ui/toggle.tsx'
import { useForm } from '@/ui/use-form.ts'
import { useRested } from '@/ui/use-rested.ts'
import { type Draft, remove, save, useConflicts } from '../schedules.ts'

/** Minutes before, as choices. */
const REMINDERS = [0, 5, 10, 15, 30, 60, 120, 1440, 2880]

/** One schedule: making it, changing it, and what it would hit before it is saved. */
export function Editor({ draft, onClose }: { draft: Draft | null; onClose: () => void }) {
  return draft && <EditorOf key={`${draft.id} ${draft.start}`} given={draft} onClose={onClose} />
}

function EditorOf({ given, onClose }: { given: Draft; onClose: () => void }) {
  const { t } = useTranslation('calendar')
  const [shown, setDraft] = useState(given)
  const { id, start, end, busy } = shown
  const times = useRested(
    useMemo(() => ({ id, start, end, busy }), [id, start, end, busy]),
    200,
  )
  const hits = useConflicts(times).data ?? []
  const form = useForm(async () => {
    await save(shown, given)
    onClose()
  })
  const deletion = useForm(async () => {
    const undo = await remove(shown)
    onClose()
    toast(t('deleted', { title: shown.title }), undo ? { action: { label: t('undo'), run: () => void undo() } } : {})
  })
  const change = (part: Partial<Draft>): void => setDraft({ ...shown, ...part })
  const crossed = shown.end !== '' && shown.start !== '' && shown.end <= shown.start
  const isNew = shown.id === null
  return (
    <Dialog
      open
      width="md"
      onOpenChange={(open) => !open && onClose()}
      title={t(isNew ? 'editor.create' : 'editor.change')}
      footer={
        <>
          {!isNew && (
            <Button
              kind="ghost"
              icon="trash-2"
              busy={deletion.busy}
              onClick={(event) => deletion.onSubmit(event)}
              className="mr-auto"
            >
              {t(shown.meetingId === null ? 'editor.delete' : 'editor.dismiss')}
            </Button>
          )}
          <Button onClick={onClose}>{t('editor.cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="schedule"
            busy={form.busy}
            disabled={crossed || (shown.busy && hits.length > 0)}
          >
            {t('editor.save')}
          </Button>
        </>
      }
    >
      <form id="schedule" onSubmit={form.onSubmit} className="space-y-4">
        {shown.meetingId !== null && (
          <Notice
            action={
              <LinkButton size="sm" icon="video" to={`/meetings/${shown.meetingId}` as never}>
                {t('editor.openMeeting')}
              </LinkButton>
            }
          >
            {t('editor.isMeeting')}
          </Notice>
        )}
        <Field label={t('editor.title')} required>
          <Input
            value={shown.title}
            onChange={(event) => change({ title: event.target.value })}
            maxLength={200}
            autoFocus={isNew}
            autoComplete="off"
          />
        </Field>
        <Switch
          label={t('editor.allDay')}
          checked={shown.allDay}
          onChecked={(allDay) => change(toDays(shown, allDay))}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <When
            label={t('editor.start')}
            draft={shown}
            value={shown.start}
            onValue={(start) => change(movedTo(shown, start))}
          />
          <When
            label={t('editor.end')}
            draft={shown}
            value={shown.end}
            isEnd
            onValue={(end) => change({ end })}
            {...(crossed && { error: t('editor.crossed') })}
          />
        </div>
        {shown.busy && hits.length > 0 && (
          <Notice tone="warn">
            <p className="font-medium">{t('editor.conflict')}</p>
            <ul>
              {hits.slice(0, 3).map((hit) => (
                <li key={hit.id} className="truncate">
                  {hit.start_time.slice(11, 16)}–{hit.end_time.slice(11, 16)} <bdi>{hit.title}</bdi>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <Switch
          label={t('editor.busy')}
          hint={t('editor.busyHint')}
          checked={shown.busy}
          onChecked={(busy) => change({ busy })}
        />
        <Field label={t('editor.reminder')}>
          <Select
            value={String(shown.reminderMinutes ?? '')}
            onValue={(value) => change({ reminderMinutes: value === '' ? null : Number(value) })}
            options={[
              { value: '', label: t('reminder.none') },
              ...REMINDERS.map((minutes) => ({ value: String(minutes), label: reminderLabel(minutes, t) })),
            ]}
          />
        </Field>
        <Field label={t('editor.description')}>
          <TextArea
            value={shown.description}
            onChange={(event) => change({ description: event.target.value })}
            maxLength={10_000}
            rows={3}
          />
        </Field>
        {(form.sentence ?? deletion.sentence) && <Notice tone="danger">{form.sentence ?? deletion.sentence}</Notice>}
      </form>
    </Dialog>
  )
}
interface WhenProps {
  label: string
  draft: Draft
  value: string
  isEnd?: boolean
  error?: string
  onValue: (value: string) => void
}

/** A moment, or a whole day: the last day of a stretch is shown, though it ends with the next midnight. */
function When({ label, draft, value, isEnd, error, onValue }: WhenProps) {
  const day = isEnd && value.endsWith('T00:00') ? shiftDay(value.slice(0, 10), -1) : value.slice(0, 10)
  return (
    <Field label={label} required error={error}>
      {draft.allDay ? (
        <Input
          type="date"
          value={day}
          onChange={({ target }) =>
            target.value && onValue(`${isEnd ? shiftDay(target.value, 1) : target.value}T00:00`)
          }
        />
      ) : (
        <Input type="datetime-local" value={value} onChange={({ target }) => onValue(target.value)} />
      )}
    </Field>
  )
}

/** A start moved: the end goes with it. */
function movedTo(draft: Draft, start: string): Partial<Draft> {
  const length = Date.parse(`${draft.end}Z`) - Date.parse(`${draft.start}Z`)
  const moved = Date.parse(`${start}Z`)
  if (!(length > 0) || Number.isNaN(moved)) return { start }
  return { start, end: new Date(moved + length).toISOString().slice(0, 16) }
}

function toDays(draft: Draft, allDay: boolean): Partial<Draft> {
  const [first, last] = [draft.start.slice(0, 10), draft.end.slice(0, 10)]
  if (!allDay) return { allDay, start: `${first}T09:00`, end: `${first}T10:00` }
  return { allDay, start: `${first}T00:00`, end: `${shiftDay(last < first ? first : last, 1)}T00:00`, busy: false }
}

function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
}

function reminderLabel(minutes: number, t: TFunction<'calendar'>): string {
  if (minutes === 0) return t('reminder.atStart')
  if (minutes < 60) return t('reminder.minutes', { count: minutes })
  return minutes < 1440 ? t('reminder.hours', { count: minutes / 60 }) : t('reminder.days', { count: minutes / 1440 })
}
