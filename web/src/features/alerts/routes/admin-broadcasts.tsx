import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { broadcast } from '#contracts/alerts.ts'
import { listBroadcasts } from '#contracts/notify.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Field, TextArea } from '@/ui/field.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { toast } from '@/ui/toast.tsx'
import { Checkbox } from '@/ui/toggle.tsx'
import { keys } from '../api/keys.ts'
import { AlertsAdminPage } from '../components/alerts-page.tsx'
import { BroadcastProgress } from '../components/broadcast-progress.tsx'
import { Loaded } from '../components/loaded.tsx'

const services: readonly Service[] = ['telegram', 'line', 'discord']
const FOLLOW_MS = 2_000

/** A text to everybody bound, and how those before went. */
export function Page() {
  const { t } = useTranslation('alerts')
  const [content, setContent] = useState('')
  const [platforms, setPlatforms] = useState<readonly Service[]>([])
  const [asking, setAsking] = useState(false)
  const query = useQuery({
    queryKey: keys.broadcasts,
    queryFn: ({ signal }) => callApi(listBroadcasts, {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.broadcasts.some((one) => one.queued > 0) ? FOLLOW_MS : false),
  })
  const send = useAct({
    act: () => callApi(broadcast, { body: { platforms: [...platforms], content } }),
    invalidates: [keys.broadcasts],
    onDone: ({ queued }) => {
      toast(t('admin.broadcast.sent', { count: queued }), { tone: 'ok' })
      setContent('')
    },
  })
  const names = platforms.map((service) => t(`service.${service}`)).join('、')
  return (
    <AlertsAdminPage title={t('admin.broadcast.title')}>
      <Card padded className="mb-8">
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            setAsking(true)
          }}
        >
          <Field label={t('admin.broadcast.content')} required>
            <TextArea
              rows={5}
              value={content}
              maxLength={20_000}
              onChange={(event) => setContent(event.target.value)}
            />
          </Field>
          <fieldset className="flex flex-wrap gap-x-6 gap-y-2">
            <legend className="mb-1 font-medium">{t('admin.broadcast.platforms')}</legend>
            {services.map((service) => (
              <Checkbox
                key={service}
                label={t(`service.${service}`)}
                checked={platforms.includes(service)}
                onChecked={(on) =>
                  setPlatforms(on ? [...platforms, service] : platforms.filter((one) => one !== service))
                }
              />
            ))}
          </fieldset>
          <div>
            <Button
              type="submit"
              kind="primary"
              icon="send"
              disabled={content.trim() === '' || platforms.length === 0}
              busy={send.isPending}
            >
              {t('admin.broadcast.send')}
            </Button>
          </div>
        </form>
      </Card>
      <Section title={t('admin.broadcast.before')}>
        <Loaded query={query} failed={t('admin.broadcast.failed')}>
          {({ broadcasts }) => (
            <Card>
              {broadcasts.length === 0 ? (
                <EmptyState icon="radio" title={t('admin.broadcast.none')} compact />
              ) : (
                <ul>
                  {broadcasts.map((one) => (
                    <BroadcastProgress key={one.id} broadcast={one} />
                  ))}
                </ul>
              )}
            </Card>
          )}
        </Loaded>
      </Section>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('admin.broadcast.ask', { names })}
        description={t('admin.broadcast.askHint')}
        action={t('admin.broadcast.send')}
        danger={false}
        onConfirm={() => send.mutateAsync()}
      />
    </AlertsAdminPage>
  )
}
