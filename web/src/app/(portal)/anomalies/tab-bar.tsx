import { Link } from '../../../components/ui/link.tsx'
import { countText } from '../../../lib/format.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'

const TABS = [
  { id: 'active', label: 'Active' },
  { id: 'resolved', label: 'Resolved' },
  { id: 'dismissed', label: 'Dismissed' },
  { id: 'all', label: 'All' },
] as const

export type Tab = (typeof TABS)[number]['id']

/** `?state=resolved`; anything else is what is active. */
export function readTab(params: SearchParams): Tab {
  const asked = first(params.state)
  return TABS.find((tab) => tab.id === asked)?.id ?? 'active'
}

interface TabBarProps {
  tab: Tab
  params: SearchParams
  counts: Readonly<Record<Tab, number | null>>
}

/** Which alerts are listed, and how many there are of each. */
export function TabBar({ tab, params, counts }: TabBarProps) {
  return (
    <nav aria-label="Alerts by state" className="segment no-print mb-4">
      {TABS.map(({ id, label }) => (
        <Link
          key={id}
          href={hrefWith('/anomalies', params, { state: id === 'active' ? null : id, cursor: null, open: null })}
          aria-current={id === tab ? 'true' : undefined}
          scroll={false}
        >
          {label}
          {counts[id] === null ? null : <span className="num ml-1">{countText(counts[id])}</span>}
        </Link>
      ))}
    </nav>
  )
}
