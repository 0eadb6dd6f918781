import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cancelPull, loadModel, pullModel, removeModel, unloadModel, verifyModel } from '#contracts/models.ts'
import type { ResultOf } from '#contracts/route.ts'
import { callApi } from '@/lib/api.ts'
import { toast } from '@/ui/toast.tsx'
import { useAiAct } from '../api/act.ts'
import { keys } from '../api/queries.ts'
import type { Model } from '../api/queries.ts'

const acts = { pull: pullModel, cancel: cancelPull, load: loadModel, unload: unloadModel }
/** Loading reads gigabytes, and so does hashing them. */
const SLOW = { timeout: 10 * 60_000 }

type Problems = ResultOf<typeof verifyModel>['problems']

/** What an admin does with one model. */
export function useModelActs(model: Model) {
  const { t } = useTranslation('ai')
  const [problems, setProblems] = useState<Problems | null>(null)
  const params = { model_id: model.model_id }
  const invalidates = [keys.models]
  const change = useAiAct({
    act: async (what: keyof typeof acts) => {
      if (what === 'load') await callApi(acts.load, { params, body: {} }, SLOW)
      else await callApi(acts[what], { params }, SLOW)
    },
    invalidates,
  })
  const remove = useAiAct({
    act: () => callApi(removeModel, { params }, SLOW),
    invalidates,
    onDone: () => toast(t('models.removed', { name: model.name }), { tone: 'ok' }),
  })
  const verify = useAiAct({
    act: () => callApi(verifyModel, { params }, SLOW),
    invalidates,
    onDone: ({ valid, problems: found }) => {
      if (valid) toast(t('models.verified', { name: model.name }), { tone: 'ok' })
      else setProblems(found)
    },
  })
  return {
    /** What is being done right now. */
    doing: change.isPending ? change.variables : verify.isPending ? ('verify' as const) : undefined,
    run: (what: keyof typeof acts) => change.mutate(what),
    remove: () => remove.mutateAsync(undefined),
    verify: () => verify.mutate(undefined),
    problems,
    forgetProblems: () => setProblems(null),
  }
}
