import { myHistory, myMeetings, myUpcoming } from '#contracts/meetings.ts'
import type { MeetingScope } from '#domains/meetings/meetings-store.ts'
import type { MeetingSurfaceParts } from './meetings.ts'
import { actorOf, createMeetingViews } from './meetings-views.ts'
import { meetingSpeech } from './meetings-words.ts'
import type { Call, Mount } from './mount.ts'

/** The caller's own meetings: all, to come, and over. */
export function mountMyMeetings(mount: Mount, { meetings, publicUrl }: MeetingSurfaceParts): void {
  const views = createMeetingViews(publicUrl)
  const page =
    (scope: MeetingScope) =>
    async ({ account, query, request }: Call<typeof myMeetings>) => {
      const { page: number = 1, page_size: pageSize = 20 } = query
      const found = await meetings.planning.list(actorOf(account), { scope, page: number, pageSize })
      return {
        meetings: found.meetings.map((row) => views.meeting(row, request)),
        total: found.total,
        page: number,
        page_size: pageSize,
      }
    }

  mount(myMeetings, page('all'), meetingSpeech)
  mount(myUpcoming, page('upcoming'), meetingSpeech)
  mount(myHistory, page('history'), meetingSpeech)
}
