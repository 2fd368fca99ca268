import {
  Activity,
  Bell,
  Building2,
  CalendarRange,
  ChartColumn,
  CodeXml,
  FileText,
  FolderKanban,
  LayoutGrid,
  ReceiptText,
  Scale,
  Settings,
  Split,
  SquareCheck,
  Tag,
  Waypoints,
  type LucideIcon,
} from 'lucide-react'

export interface NavItem {
  href: string
  label: string
  Icon: LucideIcon
  /** The second key of the `g` chord. */
  chord: string
  /** Carries the number of open alerts. */
  isCounted?: boolean
  /** Other places that belong to it. */
  alsoAt?: readonly string[]
}

export interface NavGroup {
  label: string | null
  items: readonly NavItem[]
}

/** The portal's pages; only those that exist. */
export const STAFF_NAV: readonly NavGroup[] = [
  {
    label: null,
    items: [
      { href: '/', label: 'Fleet', Icon: LayoutGrid, chord: 'f' },
      { href: '/spend', label: 'Spend', Icon: ChartColumn, chord: 'e' },
      { href: '/agents', label: 'Agents', Icon: Waypoints, chord: 'a' },
      { href: '/tasks', label: 'Tasks', Icon: SquareCheck, chord: 't' },
      { href: '/clients', label: 'Clients', Icon: Building2, chord: 'c' },
      { href: '/projects', label: 'Projects', Icon: FolderKanban, chord: 'p' },
      { href: '/anomalies', label: 'Anomalies', Icon: Activity, chord: 'n', isCounted: true },
    ],
  },
  {
    label: 'Finance',
    items: [
      { href: '/allocation', label: 'Allocation', Icon: Split, chord: 'l' },
      { href: '/charges', label: 'Charges', Icon: ReceiptText, chord: 'h' },
      { href: '/plan', label: 'Plan', Icon: CalendarRange, chord: 'y' },
      { href: '/rate-cards', label: 'Rate cards', Icon: Tag, chord: 'r' },
      { href: '/reports', label: 'Reports', Icon: FileText, chord: 'o' },
      { href: '/reconciliation', label: 'Reconciliation', Icon: Scale, chord: 'i' },
    ],
  },
  {
    label: 'Set up',
    items: [
      { href: '/budgets', label: 'Alerts and budgets', Icon: Bell, chord: 'b', alsoAt: ['/channels'] },
      { href: '/developers', label: 'Developers', Icon: CodeXml, chord: 'd', alsoAt: ['/start'] },
      { href: '/settings', label: 'Settings', Icon: Settings, chord: 's' },
    ],
  },
]

/** What stands under Alerts and budgets: its own navigation, and pages that can be found by name. */
export const ALERT_PAGES = [
  { href: '/budgets', label: 'Budgets' },
  { href: '/budgets/rules', label: 'Rules' },
  { href: '/channels', label: 'Channels' },
] as const

/** What stands under Rate cards: its own navigation, and pages that can be found by name. */
export const RATING_PAGES = [
  { href: '/rate-cards', label: 'Cards' },
  { href: '/rate-cards/unpriced', label: 'Unpriced' },
  { href: '/rate-cards/re-rating', label: 'Re-rating' },
  { href: '/rate-cards/what-if', label: 'What-if' },
  { href: '/rate-cards/catalogue', label: 'Catalogue' },
  { href: '/rate-cards/review', label: 'Quarterly review' },
] as const

/** What stands under Settings. A client's people have their account only. */
export const SETTINGS_PAGES = [
  { href: '/settings', label: 'General' },
  { href: '/settings/members', label: 'Members' },
  { href: '/settings/roles', label: 'Roles' },
  { href: '/settings/audit', label: 'Audit log' },
  { href: '/settings/exports', label: 'Exports' },
  { href: '/settings/account', label: 'Account' },
] as const

/** What stands under Developers: its own navigation, and pages that can be found by name. */
export const DEVELOPER_PAGES = [
  { href: '/developers', label: 'Keys and events' },
  { href: '/start', label: 'Start' },
  { href: '/developers/import', label: 'Import a CSV' },
  { href: '/developers/explorer', label: 'API explorer' },
  { href: '/developers/schema', label: 'Schema' },
] as const

/** A client's people see what was delivered to them and what they are charged, and nothing about cost. */
const CLIENT_NAV: readonly NavGroup[] = [
  { label: null, items: [{ href: '/', label: 'Your work', Icon: SquareCheck, chord: 't' }] },
]

/** Who is limited to clients sees what is of them, and no page about the whole firm. */
const LIMITED_NAV: readonly NavGroup[] = [
  {
    label: null,
    items: [
      { href: '/clients', label: 'Your clients', Icon: Building2, chord: 'c' },
      { href: '/spend', label: 'Spend', Icon: ChartColumn, chord: 'e' },
      { href: '/projects', label: 'Projects', Icon: FolderKanban, chord: 'p' },
      { href: '/tasks', label: 'Tasks', Icon: SquareCheck, chord: 't' },
      { href: '/anomalies', label: 'Anomalies', Icon: Activity, chord: 'n', isCounted: true },
      { href: '/budgets', label: 'Budgets', Icon: Bell, chord: 'b' },
    ],
  },
  { label: 'Set up', items: [{ href: '/settings', label: 'Settings', Icon: Settings, chord: 's' }] },
]

/** Whose pages are shown: of the firm, of a firm's member who is limited to clients, or of a client. */
export type Audience = 'STAFF' | 'LIMITED' | 'CLIENT'

export function navOf(audience: Audience): readonly NavGroup[] {
  return { STAFF: STAFF_NAV, LIMITED: LIMITED_NAV, CLIENT: CLIENT_NAV }[audience]
}
