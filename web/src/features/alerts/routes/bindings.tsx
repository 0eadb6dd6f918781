import { useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listBindings, removeBinding, switchBinding } from '#contracts/alerts.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Badge } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { keys } from '../api/keys.ts'
import { AlertsPage } from '../components/alerts-page.tsx'
import { BindDialog } from '../components/bind-dialog.tsx'
import { Loaded } from '../components/loaded.tsx'

const services: readonly Service[] = ['telegram', 'line', 'discord']

/** The messengers alerts go to. */
export function Page() {
  const { t } = useTranslation('alerts')
  const [binding, setBinding] = useState<Service>()
  const [leaving, setLeaving] = useState<Service>()
  const close = useCallback(() => setBinding(undefined), [])
  const query = useQuery({ queryKey: keys.bindings, queryFn: ({ signal }) => callApi(listBindings, {}, { signal }) })
  const toggle = useAct({
    act: ({ service, enabled }: { service: Service; enabled: boolean }) =>
      callApi(switchBinding, { params: { service }, body: { enabled } }),
    invalidates: [keys.bindings],
  })
  const remove = useAct({
    act: (service: Service) => callApi(removeBinding, { params: { service } }),
    invalidates: [keys.bindings],
  })
  return (
    <AlertsPage title={t('bindings.title')}>
      <p className="mb-4 text-ink-2">{t('bindings.lead')}</p>
      <Loaded query={query} failed={t('bindings.failed')} rows={3}>
        {(bindings) => (
          <List label={t('bindings.title')}>
            {services.map((service) => {
              const bound = bindings.find((one) => one.service === service)
              const name = t(`service.${service}`)
              return (
                <ListRow
                  key={service}
                  title={name}
                  subtitle={
                    bound === undefined ? (
                      t('bindings.none')
                    ) : bound.broken_reason ? (
                      <span className="whitespace-normal">{t('bindings.broken')}</span>
                    ) : (
                      t('bindings.to', { id: bound.service_id })
                    )
                  }
                  meta={
                    bound &&
                    (bound.broken_reason ? (
                      <Badge tone="danger" icon="triangle-alert">
                        {t('bindings.brokenBadge')}
                      </Badge>
                    ) : (
                      <Badge tone={bound.enabled ? 'ok' : 'neutral'}>{t(bound.enabled ? 'on' : 'off')}</Badge>
                    ))
                  }
                  actions={
                    bound === undefined ? (
                      <Button size="sm" icon="link" onClick={() => setBinding(service)}>
                        {t('bindings.bind')}
                      </Button>
                    ) : (
                      <>
                        <IconButton
                          icon={bound.enabled ? 'pause' : 'play'}
                          label={t(bound.enabled ? 'bindings.pause' : 'bindings.resume', { name })}
                          onClick={() => toggle.mutate({ service, enabled: !bound.enabled })}
                        />
                        <IconButton
                          icon="trash-2"
                          label={t('bindings.remove', { name })}
                          onClick={() => setLeaving(service)}
                        />
                      </>
                    )
                  }
                />
              )
            })}
          </List>
        )}
      </Loaded>
      {binding && <BindDialog service={binding} onClose={close} />}
      <Confirm
        open={leaving !== undefined}
        onOpenChange={(open) => !open && setLeaving(undefined)}
        title={t('bindings.removeAsk', { name: leaving ? t(`service.${leaving}`) : '' })}
        description={t('bindings.removeHint')}
        action={t('bindings.removeDo')}
        onConfirm={async () => {
          if (leaving) await remove.mutateAsync(leaving)
        }}
      />
    </AlertsPage>
  )
}
