import i18next from 'i18next'
import { createMeeting, startMeeting } from '#contracts/meetings.ts'
import { queryClient } from '@/app/query.ts'
import { type Account, accountKey, nameOf } from '@/lib/account.ts'
import { callApi } from '@/lib/api.ts'
import { meetingsKey } from './queries.ts'

const AN_HOUR = 3_600_000

/** Makes a meeting that begins now, and starts it; answers its number. */
export async function startInstantMeeting(): Promise<number> {
  const account = queryClient.getQueryData<Account>(accountKey)
  const now = Date.now()
  const meeting = await callApi(createMeeting, {
    body: {
      title: i18next.t('meetings:instantTitle', { name: account ? nameOf(account) : '' }),
      start_time: new Date(now).toISOString(),
      end_time: new Date(now + AN_HOUR).toISOString(),
      max_participants: 100,
    },
  })
  await callApi(startMeeting, { params: { id: meeting.meeting_id } })
  void queryClient.invalidateQueries({ queryKey: meetingsKey })
  return meeting.meeting_id
}
