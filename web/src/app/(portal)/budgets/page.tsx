import { Plus } from 'lucide-react'
import type { Metadata } from 'next'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { askSavedViews, SavedViews } from '../../../components/views/saved-views.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { countText } from '../../../lib/format.ts'
import { colleague } from '../../../lib/role-gate.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { isLimited, mayManageBudgets } from '../../../lib/session.ts'
import { firstBudgetCommand } from '../../../lib/budgets.ts'
import { AlertsFrame, ReadOnlyAlerts } from './alerts-frame.tsx'
import { BudgetTable } from './budget-table.tsx'
import { MonthForecast } from './month-forecast.tsx'

export const metadata: Metadata = { title: 'Alerts and budgets' }

const BudgetsDocument = graphql(`
  query Budgets {
    budgets {
      ...BudgetFacts
    }
  }
`)

export default async function BudgetsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await colleague()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  askSavedViews('BUDGETS')
  const [params, { budgets }] = await Promise.all([searchParams, query(BudgetsDocument)])
  const mayManage = mayManageBudgets(viewer)
  const isWhole = !isLimited(viewer)
  const unheard = budgets.filter((budget) => budget.reachesNobody).length
  return (
    <AlertsFrame
      title={isWhole ? 'Alerts and budgets' : 'Budgets'}
      path="/budgets"
      viewer={viewer}
      truth={
        unheard === 0
          ? []
          : [
              {
                text: `${countText(unheard)} ${unheard === 1 ? 'budget reaches' : 'budgets reach'} nobody`,
                href: '/channels',
                title: 'Their alerts are listed under Anomalies, and sent to no channel',
              },
            ]
      }
      actions={
        <>
          <SavedViews page="BUDGETS" params={params} />
          {mayManage ? (
            <Link href="/budgets/new" className="control control-primary">
              <Plus size={16} strokeWidth={1.4} aria-hidden />
              New budget
            </Link>
          ) : null}
        </>
      }
    >
      {mayManage ? null : <ReadOnlyAlerts viewer={viewer} />}
      {budgets.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState command={mayManage ? firstBudgetCommand(tenant.currency) : undefined}>
            {isWhole
              ? 'No budget is set. What the fleet, an agent, a client or a project may cost will stand here with what is spent, where it is heading, and whom it tells.'
              : 'No budget is set for your clients or their projects. What they may cost will stand here with what is spent, and where it is heading.'}
          </EmptyState>
        </div>
      ) : (
        <BudgetTable budgets={budgets} params={params} tenant={tenant} isWhole={isWhole} />
      )}
      {isWhole ? (
        <div className="mt-4">
          <Section fallback={<Skeleton className="h-72 w-full rounded-card" />}>
            <MonthForecast tenant={tenant} />
          </Section>
        </div>
      ) : null}
    </AlertsFrame>
  )
}
