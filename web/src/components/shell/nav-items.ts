import { Building2, CodeXml, LayoutGrid, SquareCheck, Waypoints, type LucideIcon } from 'lucide-react'

export interface NavItem {
  href: string
  label: string
  Icon: LucideIcon
  /** The second key of the `g` chord. */
  chord: string
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
      { href: '/agents', label: 'Agents', Icon: Waypoints, chord: 'a' },
      { href: '/tasks', label: 'Tasks', Icon: SquareCheck, chord: 't' },
      { href: '/clients', label: 'Clients', Icon: Building2, chord: 'c' },
    ],
  },
  { label: 'Set up', items: [{ href: '/developers', label: 'Developers', Icon: CodeXml, chord: 'd' }] },
]

/** A client's people see what was delivered to them, and nothing about cost. */
export const CLIENT_NAV: readonly NavGroup[] = [
  { label: null, items: [{ href: '/', label: 'Your tasks', Icon: SquareCheck, chord: 't' }] },
]
