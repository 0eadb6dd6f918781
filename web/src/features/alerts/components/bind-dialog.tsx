import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { bindingStatus, createBindCode } from '#contracts/alerts.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import { callApi } from '@/lib/api.ts'
import { useLiveEvent } from '@/lib/live.ts'
import { buttonClass } from '@/ui/button.tsx'
import { CopyButton } from '@/ui/code-block.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { ErrorState, Loading, Skeleton } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { toast } from '@/ui/toast.tsx'
import { keys } from '../api/keys.ts'
import { QrCode } from './qr-code.tsx'

/** How often it is asked whether the code was used, should no event say so. */
const ASK_MS = 3_000

/** Gives a code to show to a bot, as a link and a QR code where the messenger has one, and closes once it is bound. */
export function BindDialog({ service, onClose }: { service: Service; onClose: () => void }) {
  const { t } = useTranslation('alerts')
  const client = useQueryClient()
  const name = t(`service.${service}`)
  const code = useQuery({
    queryKey: ['alerts', 'code', service],
    queryFn: () => callApi(createBindCode, { body: { service } }),
    staleTime: 9 * 60_000,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  })
  const status = useQuery({
    queryKey: [...keys.bindings, service],
    queryFn: ({ signal }) => callApi(bindingStatus, { params: { service } }, { signal }),
    refetchInterval: ASK_MS,
  })
  useLiveEvent('notify.binding.changed', () => void status.refetch())
  const bound = status.data?.bound === true
  useEffect(() => {
    if (!bound) return
    toast(t('bindings.done', { name }), { tone: 'ok' })
    void client.invalidateQueries({ queryKey: keys.bindings })
    onClose()
  }, [bound, client, name, onClose, t])
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('bindings.bindTitle', { name })}>
      {code.error ? (
        <ErrorState error={code.error} onRetry={() => void code.refetch()} compact />
      ) : !code.data ? (
        <Loading className="grid justify-items-center gap-3">
          <Skeleton className="size-48" />
          <Skeleton className="h-4 w-56" />
        </Loading>
      ) : (
        <div className="grid justify-items-center gap-4 text-center">
          <p>{t(`bindings.how.${code.data.bind_url ? 'link' : service}`)}</p>
          {code.data.bind_url && (
            <>
              <QrCode text={code.data.bind_url} label={t('bindings.qr', { name })} />
              <a
                href={code.data.bind_url}
                target="_blank"
                rel="noreferrer"
                className={buttonClass({ kind: 'primary' })}
              >
                <Icon name="external-link" />
                {t('bindings.open', { name })}
              </a>
            </>
          )}
          <p className="flex max-w-full items-center gap-2">
            <code className="min-w-0 break-all rounded-6 bg-pressed px-2 py-1">
              {service === 'telegram' ? `/start BIND_${code.data.bind_code}` : code.data.bind_code}
            </code>
            <CopyButton text={code.data.bind_code} />
          </p>
          <p className="text-12 text-ink-3">
            {t('bindings.until')} <Time value={code.data.expires_at} style="time" />
          </p>
        </div>
      )}
    </Dialog>
  )
}
