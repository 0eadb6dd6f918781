import {
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { Suspense, lazy } from 'react'
import { useAccount } from '@/lib/account.ts'
import { currentSession } from '@/lib/session.ts'
import { Toaster } from '@/ui/toast.tsx'
import { TooltipProvider } from '@/ui/tooltip.tsx'
import { Broken, ErrorBoundary } from './error-boundary.tsx'
import type { FeatureRoute } from './feature.ts'
import { features } from './features.ts'
import { FloatingSlot } from './floating-slot.tsx'
import { NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({
  component: () => (
    <TooltipProvider delayDuration={400} skipDelayDuration={200}>
      <ErrorBoundary>
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
      </ErrorBoundary>
      {/* Outside the frames: what goes on survives going from one frame to another. */}
      <FloatingSlot />
      <Toaster />
    </TooltipProvider>
  ),
  notFoundComponent: NotFound,
})

const guard = {
  beforeLoad: ({ location }: { location: { href: string } }) => {
    if (currentSession()) return
    throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } })
  },
}

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell, ...guard })
const full = createRoute({ getParentRoute: () => root, id: 'full', component: Outlet, ...guard })
const open = createRoute({ getParentRoute: () => root, id: 'open', component: Outlet })

function routesFor(frame: NonNullable<FeatureRoute['frame']>, parent: typeof shell | typeof full | typeof open) {
  return features
    .flatMap((feature) => feature.routes ?? [])
    .filter((each) => (each.frame ?? 'shell') === frame)
    .map((each) => {
      return createRoute({
        getParentRoute: () => parent as typeof shell,
        path: each.path,
        component: each.admin ? adminOnly(each.page) : lazyRouteComponent(each.page, 'Page'),
      })
    })
}

/** A page that exists for admins alone; the router does not know what is behind it, so it is loaded where it is drawn. */
function adminOnly(load: FeatureRoute['page']) {
  const Page = lazy(async () => ({ default: (await load()).Page }))
  return function AdminOnly() {
    const { data: account } = useAccount()
    if (!account) return null
    return account.role === 'admin' ? <Page /> : <NotFound />
  }
}

/** The routes of every feature, in their frames. */
export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([
      ...routesFor('shell', shell),
      createRoute({ getParentRoute: () => shell, path: '$', component: NotFound }),
    ]),
    full.addChildren(routesFor('full', full)),
    open.addChildren(routesFor('open', open)),
  ]),
  defaultPreload: 'intent',
  defaultPendingMs: 400,
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => <Broken error={error} onRetry={reset} compact={false} />,
})
