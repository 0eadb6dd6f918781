import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { CopyButton } from '@/ui/code-block.tsx'
import { Icon, type IconName } from '@/ui/icons.tsx'
import { Card } from '@/ui/page.tsx'
import { Time } from '@/ui/time.tsx'
import { meetingLink } from '../meeting-link.ts'
import { switches } from './meeting-draft.ts'

/** When it is, how one gets in, and what it allows. */
export function MeetingFacts({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation('meetings')
  const link = meetingLink(meeting.meeting_id)
  return (
    <Card className="max-lg:order-first">
      <dl className="divide-y divide-line">
        <Fact icon="clock" name={t('detail.when')}>
          <Time value={meeting.start_time} style="datetime" /> – <Time value={meeting.end_time} style="time" />
        </Fact>
        <Fact icon="link" name={t('detail.link')} action={<CopyButton text={link} label={t('copyLink')} />}>
          <span className="block truncate">{link.replace(/^https?:\/\//, '')}</span>
        </Fact>
        <Fact icon="hash" name={t('detail.number')}>
          {meeting.meeting_id}
        </Fact>
        {meeting.description && (
          <Fact icon="file-text" name={t('form.description')}>
            <span className="whitespace-pre-wrap">{meeting.description}</span>
          </Fact>
        )}
        <Fact icon="users" name={t('form.most')}>
          {meeting.max_participants}
        </Fact>
        <Fact icon={meeting.has_password ? 'lock' : 'lock-open'} name={t('form.password')}>
          {t(meeting.has_password ? 'detail.locked' : 'form.none')}
        </Fact>
        <Fact icon="settings" name={t('form.settings')}>
          <ul>
            {switches.map((name) => (
              <li
                key={name}
                className={meeting.settings[name] ? 'flex items-center gap-2' : 'flex items-center gap-2 text-ink-3'}
              >
                <Icon
                  name={meeting.settings[name] ? 'check' : 'minus'}
                  size={14}
                  label={t(meeting.settings[name] ? 'detail.on' : 'detail.off')}
                />
                {t(`setting.${name}`)}
              </li>
            ))}
          </ul>
        </Fact>
      </dl>
    </Card>
  )
}

function Fact({
  icon,
  name,
  action,
  children,
}: {
  icon: IconName
  name: string
  action?: ReactNode
  children: ReactNode
}) {
  return (
    <div className="grid grid-cols-[auto_1fr] gap-x-3 px-4 py-2.5">
      <dt className="contents">
        <Icon name={icon} className="row-span-2 mt-1 text-ink-3" />
        <span className="text-12 text-ink-3">{name}</span>
      </dt>
      <dd className="flex min-w-0 items-center gap-3">
        <div className="min-w-0 flex-1">{children}</div>
        {action}
      </dd>
    </div>
  )
}
