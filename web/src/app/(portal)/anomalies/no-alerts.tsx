import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { firstBudgetCommand } from '../../../lib/budgets.ts'
import { countText } from '../../../lib/format.ts'
import type { Tab } from './tab-bar.tsx'

interface NoAlertsProps {
  tab: Tab
  fired: number
  periodName: string
  currency: string
  /** How anomalies are judged; null for who is limited to clients, to whom it says nothing. */
  detector: { isEnabled: boolean; series: number } | null
}

/** Nothing to show, and what would be shown. */
export function NoAlerts({ tab, fired, periodName, currency, detector }: NoAlertsProps) {
  const isBare = detector?.series === 0
  return (
    <div className="card px-3.5 py-4 sm:px-5">
      <EmptyState command={tab === 'active' && isBare && fired === 0 ? firstBudgetCommand(currency) : undefined}>
        {tab === 'active'
          ? `Nothing is out of the ordinary${detector?.isEnabled !== false ? '' : ', as far as budgets tell; detection is switched off'}. `
          : `No alert of ${periodName} is ${tab === 'all' ? 'known' : tab}. `}
        {tab === 'active'
          ? `${detector === null ? 'A client or project' : 'An agent, client, project or resource'} that leaves its expected band, and every budget that reaches a threshold, will appear here within seconds, with what it costs and why. `
          : ''}
        {fired > 0 && tab !== 'all'
          ? `Of ${periodName}, ${countText(fired)} ${fired === 1 ? 'is' : 'are'} under All. `
          : ''}
        <Link href="/budgets" className="link">
          {detector === null ? 'Budgets' : 'Rules and budgets'}
        </Link>
      </EmptyState>
    </div>
  )
}
