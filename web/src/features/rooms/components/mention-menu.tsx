import type { RoomMember } from '#contracts/schemas/room.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { cx } from '@/ui/cx.ts'

const MOST = 6

/** What stands after an `@` right before the caret; undefined where no name is being written. */
export function mentionBefore(text: string, caret: number): string | undefined {
  return /(?:^|[^\p{L}\p{N}_@.])@([\p{L}\p{N}\p{M}._+-]{0,30})$/u.exec(text.slice(0, caret))?.[1]
}

/** Members whose login or name begins like (then: holds) what was written. */
export function namesFor(members: readonly RoomMember[], written: string): RoomMember[] {
  const wanted = written.toLowerCase()
  const rank = ({ username, name }: RoomMember): number => {
    const texts = [username.toLowerCase(), name.toLowerCase()]
    if (texts.some((text) => text.startsWith(wanted))) return 0
    return texts.some((text) => text.includes(wanted)) ? 1 : 2
  }
  return members
    .filter((member) => rank(member) < 2)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST)
}

/** People to name, above the place where one writes. */
export function MentionMenu({
  members,
  choice,
  onChoose,
}: {
  members: readonly RoomMember[]
  choice: number
  onChoose: (member: RoomMember) => void
}) {
  return (
    <div
      id="rooms-mentions"
      role="listbox"
      tabIndex={-1}
      className="absolute bottom-full left-3 z-10 mb-1 w-72 max-w-[calc(100%-1.5rem)] rounded-10 border border-line bg-raised p-1 shadow-2 md:left-6"
    >
      {members.map((member, index) => (
        <div
          key={member.user_id}
          id={`rooms-mention-${member.user_id}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === choice}
          // Pressing must not take the focus from the text.
          onMouseDown={(event) => {
            event.preventDefault()
            onChoose(member)
          }}
          className={cx(
            'flex cursor-pointer items-center gap-2.5 rounded-6 px-2 py-1 touch:min-h-11',
            index === choice && 'bg-hover',
          )}
        >
          <Avatar id={member.user_id} name={member.name} src={member.avatar_url} size={24} />
          <bdi className="truncate font-medium">{member.name}</bdi>
          <span className="truncate text-12 text-ink-3">@{member.username}</span>
        </div>
      ))}
    </div>
  )
}
