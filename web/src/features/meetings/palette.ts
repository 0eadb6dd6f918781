import i18next from 'i18next'
import { listMeetings } from '#contracts/meetings.ts'
import type { PaletteItem, PaletteSource } from '@/app/feature.ts'
import { router } from '@/app/router.tsx'
import { callApi } from '@/lib/api.ts'
import { describeError } from '@/lib/describe-error.ts'
import { formatTime } from '@/lib/time.ts'
import { toast } from '@/ui/toast.tsx'
import { startInstantMeeting } from './api/instant.ts'
import { meetingIdIn, roomPath } from './meeting-link.ts'

const t = (key: string, options?: Record<string, unknown>) => i18next.t(`meetings:${key}`, options ?? {})

function startNow(): void {
  startInstantMeeting().then(
    (id) => router.navigate({ to: roomPath(id) }),
    (error: unknown) => toast(describeError(error, i18next.getFixedT(null, 'common')).sentence, { tone: 'danger' }),
  )
}

/** What meetings add to the palette. */
export const palette: PaletteSource = {
  items: () => [
    { id: 'meetings-now', label: t('palette.now'), icon: 'video', keywords: 'start instant meeting', run: startNow },
    {
      id: 'meetings-new',
      label: t('palette.schedule'),
      icon: 'calendar-plus',
      keywords: 'schedule meeting',
      to: '/meetings?new=1',
    },
    {
      id: 'meetings-join',
      label: t('palette.join'),
      icon: 'log-in',
      keywords: 'join link number',
      to: '/meetings?join=1',
    },
  ],
  search: {
    title: () => t('palette.found'),
    find: async (words, signal) => {
      const id = meetingIdIn(words)
      const direct: PaletteItem[] =
        id === null
          ? []
          : [{ id: `meetings-go-${id}`, label: t('palette.joinId', { id }), icon: 'log-in', to: roomPath(id) }]
      const { meetings } = await callApi(listMeetings, { query: { keyword: words, page_size: 5 } }, { signal })
      const where = { language: i18next.language, zone: undefined }
      return [
        ...direct,
        ...meetings.map((meeting): PaletteItem => ({
          id: `meetings-${meeting.meeting_id}`,
          label: meeting.title,
          hint: formatTime(new Date(meeting.start_time), 'datetime', where),
          icon: meeting.meeting_type === 'audio' ? 'mic' : 'video',
          to: `/meetings/${meeting.meeting_id}`,
        })),
      ]
    },
  },
}
