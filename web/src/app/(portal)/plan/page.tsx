import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { PlansQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import { addDays, firstOfMonth } from '../../../lib/calendar.ts'
import { currencySymbol } from '../../../lib/format.ts'
import { addMonths, monthParam, monthsText } from '../../../lib/months.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { NewPlan } from './new-plan.tsx'
import { PlanForecast } from './plan-forecast.tsx'
import { planViewer } from './plan-frame.tsx'

export const metadata: Metadata = { title: 'Plan' }

const PlansDocument = graphql(`
  query Plans {
    planForecast {
      ...PlanForecastFacts
    }
    plans {
      id
      name
      status
      from
      to
      updatedBy
      adoptedScenario
      scenarios {
        position
        name
        total {
          amount
          currency
        }
      }
    }
  }
`)

export default async function PlanPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const { viewer, instead } = await planViewer('Plan')
  if (viewer === null) return instead
  const { tenant } = viewer
  const [params, { planForecast, plans }] = await Promise.all([searchParams, query(PlansDocument)])
  const canPlan = planForecast.history.length > 0
  const next = addMonths(firstOfMonth(tenant.today), 1)
  return (
    <>
      <PageHeader
        title="Plan"
        truth={tenantTruth(tenant)}
        actions={canPlan ? <NewPlan year={next.slice(0, 4)} month={monthParam(next)} /> : null}
      />
      <PlanForecast forecast={planForecast} tenant={tenant} />
      <div className="mt-4">
        {plans.length === 0 ? (
          <Card title="No plan yet" caption="Twelve months by client and agent, in scenarios">
            <EmptyState>
              {canPlan
                ? 'A plan begins from the forecast above. Scenarios change its drivers, and adopting it sets the budgets of its months.'
                : 'A plan begins from what a whole month cost; the first one is not over yet.'}
            </EmptyState>
          </Card>
        ) : (
          <DataTable
            label="Plans"
            noun="plans"
            path="/plan"
            params={params}
            rows={plans}
            columns={columnsOf(currencySymbol(tenant.currency))}
            rowKey={({ id }) => id}
            filterText={({ name }) => name}
            defaultSort={{ column: 'period', direction: 'desc' }}
            csvName={`plans ${tenant.today}`}
          />
        )}
      </div>
    </>
  )
}

type Plan = PlansQuery['plans'][number]

/** The scenario that counts: adopted, or the base of a draft. */
function scenarioOf({ scenarios, adoptedScenario }: Plan): Plan['scenarios'][number] | undefined {
  return scenarios.find(({ position }) => position === (adoptedScenario ?? 0))
}

function periodOf({ from, to }: Plan): string {
  return monthsText(from, `${addDays(to, -1).slice(0, 7)}-01`)
}

function columnsOf(symbol: string): Column<Plan>[] {
  return [
    {
      id: 'plan',
      label: 'Plan',
      cell: ({ id, name }) => (
        <Link href={`/plan/${encodeURIComponent(id)}`} className="row-link font-[550]">
          {name}
        </Link>
      ),
      sort: ({ name }) => ({ text: name }),
      csv: ({ name }) => name,
    },
    {
      id: 'total',
      label: `Twelve months, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (plan) => <Amount money={scenarioOf(plan)?.total} />,
      csv: (plan) => scenarioOf(plan)?.total.amount ?? null,
    },
    {
      id: 'period',
      label: 'Period',
      cell: periodOf,
      sort: ({ from }) => ({ text: from }),
      csv: periodOf,
    },
    {
      id: 'status',
      label: 'Status',
      cell: (plan) =>
        plan.status === 'ADOPTED' ? <Badge tone="ok">Adopted: {scenarioOf(plan)?.name}</Badge> : <Badge>Draft</Badge>,
      csv: ({ status }) => status,
    },
    {
      id: 'scenarios',
      label: 'Scenarios',
      cell: ({ scenarios }) => scenarios.map(({ name }) => name).join(', '),
      csv: ({ scenarios }) => scenarios.map(({ name }) => name).join(', '),
    },
    { id: 'by', label: 'Last changed by', cell: ({ updatedBy }) => updatedBy, csv: ({ updatedBy }) => updatedBy },
  ]
}
