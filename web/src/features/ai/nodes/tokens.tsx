import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { revokeNodeToken } from '#contracts/nodes.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { Confirm } from '@/ui/dialog.tsx'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { useAiAct } from '../api/act.ts'
import { type NodeToken, keys, useTokens } from '../api/queries.ts'
import { listed } from '../components/listed.ts'
import { TokenDialog } from './token-dialog.tsx'

/** What other machines register with: made, shown once, revoked. */
export function Tokens() {
  const { t, i18n } = useTranslation('ai')
  const { data, error, refetch } = useTokens()
  const [makes, setMakes] = useState(false)
  const [gone, setGone] = useState<NodeToken | null>(null)
  const revoke = useAiAct({
    act: (token: NodeToken) => callApi(revokeNodeToken, { params: { token_id: token.token_id } }),
    invalidates: [keys.tokens, keys.nodes],
  })
  const make = (
    <Button icon="plus" onClick={() => setMakes(true)}>
      {t('tokens.make')}
    </Button>
  )
  return (
    <Section
      id="ai-tokens"
      title={t('tokens.title')}
      description={t('tokens.text')}
      actions={data?.count ? make : null}
    >
      {error && !data ? (
        <Card>
          <ErrorState compact error={error} title={t('tokens.failed')} onRetry={() => void refetch()} />
        </Card>
      ) : !data ? (
        <SkeletonRows count={2} />
      ) : data.tokens.length === 0 ? (
        <Card>
          <EmptyState compact icon="key" title={t('tokens.none')} action={make}>
            {t('tokens.noneText')}
          </EmptyState>
        </Card>
      ) : (
        <List label={t('tokens.title')}>
          {data.tokens.map((token) => (
            <ListRow
              key={token.token_id}
              leading={<Icon name="key" size={18} className="text-ink-3" />}
              title={token.name}
              subtitle={
                token.nodes.length === 0
                  ? t('tokens.unused')
                  : t('tokens.nodes', { nodes: listed(token.nodes, i18n.language) })
              }
              meta={
                <span className="max-sm:hidden">
                  {token.last_used_at === null ? (
                    <>
                      {t('tokens.made')} <Time value={token.created_at} />
                    </>
                  ) : (
                    <>
                      {t('tokens.used')} <Time value={token.last_used_at} />
                    </>
                  )}
                </span>
              }
              actions={
                <Button
                  size="sm"
                  kind="ghost"
                  className="touch:h-11"
                  aria-label={t('tokens.revokeNamed', { name: token.name })}
                  onClick={() => setGone(token)}
                >
                  {t('tokens.revoke')}
                </Button>
              }
            />
          ))}
        </List>
      )}
      <TokenDialog open={makes} onClose={() => setMakes(false)} />
      <Confirm
        open={gone !== null}
        onOpenChange={(open) => !open && setGone(null)}
        title={t('tokens.revokeTitle', { name: gone?.name ?? '' })}
        description={
          gone !== null && gone.nodes.length > 0
            ? t('tokens.revokeNodes', { nodes: listed(gone.nodes, i18n.language) })
            : t('tokens.revokeText')
        }
        action={t('tokens.revoke')}
        onConfirm={async () => {
          if (gone !== null) await revoke.mutateAsync(gone)
        }}
      />
    </Section>
  )
}
