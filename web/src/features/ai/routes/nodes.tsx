import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/button.tsx'
import { ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { useLiveNodes } from '../api/live.ts'
import { useNodes } from '../api/queries.ts'
import { AiPage } from '../components/ai-page.tsx'
import { AddNodeDialog } from '../nodes/add-node-dialog.tsx'
import { NodeCard } from '../nodes/node-card.tsx'
import { Tokens } from '../nodes/tokens.tsx'

/** The machines and programs that run models, and how more of them come in. */
export function Page() {
  const { t } = useTranslation('ai')
  const [adds, setAdds] = useState(false)
  const { data, error, refetch } = useNodes()
  useLiveNodes()
  return (
    <AiPage
      title={t('nodes.title')}
      actions={
        <Button icon="plus" onClick={() => setAdds(true)}>
          {t('add.open')}
        </Button>
      }
    >
      <section aria-label={t('nodes.title')} className="mb-8">
        <p className="mb-4 text-ink-2">{t('nodes.text')}</p>
        {error && !data ? (
          <ErrorState error={error} title={t('nodes.unloaded')} onRetry={() => void refetch()} />
        ) : !data ? (
          <SkeletonRows count={3} />
        ) : (
          <div className="space-y-4">
            {data.nodes.map((node) => (
              <NodeCard key={node.node_id} node={node} />
            ))}
          </div>
        )}
      </section>
      <Tokens />
      <AddNodeDialog open={adds} onClose={() => setAdds(false)} />
    </AiPage>
  )
}
