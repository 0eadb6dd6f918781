import './ui/tokens.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { startI18n } from './app/i18n.ts'
import { queryClient } from './app/query.ts'
import { router } from './app/router.tsx'
import { followTheme } from './app/theme.ts'
import { currentSession, onSessionChange } from './lib/session.ts'

followTheme()

let signedIn = currentSession() !== null
onSessionChange((reason) => {
  const now = currentSession() !== null
  if (now === signedIn) return
  signedIn = now
  // Nothing of one account may show in the next one's session.
  queryClient.clear()
  if (now) return
  if (router.state.matches.some((match) => match.routeId.startsWith('/open'))) return
  const search = reason === 'expired' ? { why: 'expired', next: router.state.location.href } : {}
  void router.navigate({ to: '/sign-in', search, replace: true })
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
await startI18n()
createRoot(root).render(
  <QueryClientProvider client={queryClient}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
)
