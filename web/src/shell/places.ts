import {
  IconActivity,
  IconApi,
  IconChartGridDots,
  IconFileImport,
  IconHeartbeat,
  IconLayoutDashboard,
  IconSettings,
  IconUsers,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react'

/** A page that the navigation leads to. */
export interface Place {
  /** The key of its name in the texts of "shell". */
  name: string
  to: string
  icon: Icon
  /** What one must be allowed to see it. */
  permission: string
}

/** The pages, in the order of the navigation. */
export const places: Place[] = [
  { name: 'place.overview', to: '/', icon: IconLayoutDashboard, permission: 'view' },
  { name: 'place.segments', to: '/segments', icon: IconUsersGroup, permission: 'view' },
  { name: 'place.customers', to: '/customers', icon: IconUsers, permission: 'people' },
  { name: 'place.rfm', to: '/rfm', icon: IconChartGridDots, permission: 'view' },
  { name: 'place.imports', to: '/imports', icon: IconFileImport, permission: 'import' },
  { name: 'place.events', to: '/events', icon: IconActivity, permission: 'people' },
  { name: 'place.health', to: '/health', icon: IconHeartbeat, permission: 'manage' },
  { name: 'place.settings', to: '/settings', icon: IconSettings, permission: 'self' },
  { name: 'place.api', to: '/api-docs', icon: IconApi, permission: 'self' },
]
