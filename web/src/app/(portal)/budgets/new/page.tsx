import type { Metadata } from 'next'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { SCOPE_NAMES } from '../../../../lib/alerts.ts'
import { newBudget } from '../../../../lib/budget-form.ts'
import { scopeMembers } from '../../../../lib/members.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { first, type SearchParams } from '../../../../lib/search-params.ts'
import { mayHandleAlerts } from '../../../../lib/session.ts'
import type { BudgetScope } from '../../../../generated/graphql.ts'
import { AlertsFrame } from '../alerts-frame.tsx'
import { BudgetForm } from '../budget-form.tsx'

export const metadata: Metadata = { title: 'New budget' }

export default async function NewBudgetPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const mayManage = mayHandleAlerts(viewer.role)
  const params = await searchParams
  return (
    <AlertsFrame
      title="New budget"
      path="/budgets"
      viewer={viewer}
      crumbs={[{ label: 'Alerts and budgets', href: '/budgets' }]}
    >
      {mayManage ? (
        <BudgetForm fields={newBudget(tenant.currency, givenIn(params))} members={await scopeMembers()} isNew />
      ) : (
        <NotForRole>Budgets are set by Finance, project managers and administrators.</NotForRole>
      )}
    </AlertsFrame>
  )
}

/** A link from the page of an agent or a client says what the budget is of. */
function givenIn(params: SearchParams): { scope: BudgetScope; key: string } | undefined {
  const scope = first(params.scope)
  const key = first(params.key)
  return scope !== null && key !== null && scope in SCOPE_NAMES ? { scope: scope as BudgetScope, key } : undefined
}
