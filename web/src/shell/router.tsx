import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'

import { guideSearch } from '../import/search'
import { sessionQuery } from '../session/session'
import { Frame } from './frame'
import { Lost } from './lost'
import { isOwn } from './own'
import { Failed, Loading } from './state'

interface Context {
  queries: QueryClient
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: Lost })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  // Only addresses of this console: "next" may come from anywhere.
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' && isOwn(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('../session/login'), 'Login'),
})

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../session/welcome'), 'Welcome'),
})

/** What is below here is for whoever is logged in. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.query({ ...sessionQuery, staleTime: 'static' })
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how this router redirects
    if (session === null) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } })
  },
})

const page = <const P extends string>(path: P, permission: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => frame, path, staticData: { permission }, component })

const text = (search: Record<string, unknown>, key: string) => (typeof search[key] === 'string' ? search[key] : undefined)

const segment = createRoute({
  getParentRoute: () => frame,
  path: '/segments/$id',
  staticData: { permission: 'view' },
  validateSearch: (search: Record<string, unknown>): { tab?: string | undefined } => ({ tab: text(search, 'tab') }),
  component: lazyRouteComponent(() => import('../segment/segment'), 'SegmentPage'),
})

const newSegment = createRoute({
  getParentRoute: () => frame,
  path: '/segments/new',
  staticData: { permission: 'view' },
  validateSearch: (search: Record<string, unknown>): { text?: string | undefined; name?: string | undefined } => ({ text: text(search, 'text'), name: text(search, 'name') }),
  component: lazyRouteComponent(() => import('../segment/edit'), 'NewSegmentPage'),
})

const customers = createRoute({
  getParentRoute: () => frame,
  path: '/customers',
  staticData: { permission: 'people' },
  validateSearch: (search: Record<string, unknown>): { segment?: string | undefined } => ({ segment: text(search, 'segment') }),
  component: lazyRouteComponent(() => import('../customer/list'), 'CustomersPage'),
})

const customer = createRoute({
  getParentRoute: () => frame,
  path: '/customers/$id',
  staticData: { permission: 'people' },
  // The id where no path can hold it.
  validateSearch: (search: Record<string, unknown>): { id?: string | undefined } => ({ id: text(search, 'id') }),
  component: lazyRouteComponent(() => import('../customer/customer'), 'CustomerPage'),
})

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  staticData: { permission: 'self' },
  component: lazyRouteComponent(() => import('../setting/settings'), 'SettingsPage'),
})

const guide = createRoute({
  getParentRoute: () => frame,
  path: '/imports/new',
  staticData: { permission: 'import' },
  validateSearch: guideSearch,
  component: lazyRouteComponent(() => import('../import/guide'), 'ImportPage'),
})

const tab = <const P extends string>(path: P, permission: string, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => settings, path, staticData: { permission }, component })

const tree = root.addChildren([
  login,
  welcome,
  frame.addChildren([
    page('/', 'view', lazyRouteComponent(() => import('../overview/overview'), 'OverviewPage')),
    page('/segments', 'view', lazyRouteComponent(() => import('../segment/list'), 'SegmentsPage')),
    newSegment,
    segment,
    page('/segments/$id/edit', 'view', lazyRouteComponent(() => import('../segment/edit'), 'EditSegmentPage')),
    customers,
    customer,
    page('/rfm', 'view', lazyRouteComponent(() => import('../rfm/rfm'), 'RFMPage')),
    page('/imports', 'import', lazyRouteComponent(() => import('../import/history'), 'ImportsPage')),
    guide,
    page('/imports/demo', 'import', lazyRouteComponent(() => import('../import/demo'), 'DemoPage')),
    page('/imports/$id', 'import', lazyRouteComponent(() => import('../import/job'), 'JobPage')),
    page('/events', 'people', lazyRouteComponent(() => import('../event/events'), 'EventsPage')),
    page('/events/dead-letters', 'people', lazyRouteComponent(() => import('../event/deadletters'), 'DeadLettersPage')),
    page('/health', 'manage', lazyRouteComponent(() => import('../health/health'), 'HealthPage')),
    page('/api-docs', 'self', lazyRouteComponent(() => import('../apidoc/apidoc'), 'APIPage')),
    settings.addChildren([
      tab('/', 'self', lazyRouteComponent(() => import('../setting/settings'), 'FirstSettings')),
      tab('/shop', 'manage', lazyRouteComponent(() => import('../setting/shopform'), 'ShopSettings')),
      tab('/team', 'manage', lazyRouteComponent(() => import('../team/team'), 'Team')),
      tab('/keys', 'manage', lazyRouteComponent(() => import('../team/keys'), 'Keys')),
      tab('/audit', 'manage', lazyRouteComponent(() => import('../team/audit'), 'Audit')),
      tab('/account', 'self', lazyRouteComponent(() => import('../session/own'), 'OwnAccount')),
      tab('/appearance', 'self', lazyRouteComponent(() => import('../setting/appearance'), 'Appearance')),
    ]),
  ]),
])

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: ({ error, reset }) => <Failed error={error} again={reset} />,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** What one must be allowed to see the page. */
    permission?: string
  }
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
