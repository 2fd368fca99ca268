import { Link } from '../../../components/ui/link.tsx'
import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../../../components/peek/peek-panel.tsx'
import { AllocatedSection } from '../../../components/cost/allocated-section.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { Swatch } from '../../../components/ui/swatch.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { AgentsQuery } from '../../../generated/graphql.ts'
import { readBasis, type Basis } from '../../../lib/basis.ts'
import { query } from '../../../lib/api.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  exactText,
  isZero,
  moneyText,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'
import { fullyLoadedOf, isSplit } from '../../../lib/fleet-pools.ts'
import { hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'

const AgentPeekDocument = graphql(`
  query AgentPeek($key: String!, $range: DateRangeInput!) {
    agentCost(agentKey: $key, range: $range) {
      resources {
        provider
        resource
        cost {
          direct {
            amount
            currency
          }
          invocations
          unpricedInvocations
        }
      }
    }
  }
`)

interface AgentPeekProps {
  row: AgentsQuery['agentCosts']['nodes'][number]
  fleet: AgentsQuery['fleetCost']
  period: Period
  params: SearchParams
  colour: string
  timeZone: string
}

function apiQuery(key: string, { from, to }: { from: string; to: string }, basis: string): string {
  return `query {
  agentCost(
    agentKey: ${JSON.stringify(key)}
    range: { from: "${from}", to: "${to}" }
  ) {
    cost {
      direct { amount } allocated { amount }
      total { amount currency }
    }
    tasksCompleted
    costPerTask(basis: ${basis}) { amount }
    resources {
      provider resource
      cost { direct { amount } }
    }
  }
}`
}

/** The cost of a task on the basis chosen: what is divided, by how many, and what comes out. */
function formulaOf({ cost, tasksCompleted, costPerTask }: AgentPeekProps['row'], basis: Basis): string {
  if (costPerTask == null) return 'No task was completed, so there is no cost per task'
  const direct = decimalText(cost.direct.amount, 2)
  const isLoaded = basis.id === 'loaded' && !isZero(cost.allocated.amount)
  const divided = isLoaded ? `(${direct} + ${decimalText(cost.allocated.amount, 2)})` : direct
  return `${divided} ÷ ${countText(tasksCompleted)} tasks = ${moneyText(costPerTask)} a task`
}

/** How an agent's amount comes about: per resource, per pool, per task, and as a share of the fleet. */
export async function AgentPeek({ row, fleet, period, params, colour, timeZone }: AgentPeekProps) {
  const { agent, cost } = row
  const basis = readBasis(params)
  const { agentCost } = await query(AgentPeekDocument, { key: agent.key, range: period.range })
  const resources = [...(agentCost?.resources ?? [])].sort((a, b) =>
    compareDecimals(b.cost.direct.amount, a.cost.direct.amount),
  )
  const { currency } = cost.direct
  const isLoaded = isSplit(fleet)
  const whole = isLoaded ? fullyLoadedOf(fleet) : fleet.cost.total
  const sum = sumOf(resources.map((resource) => resource.cost.direct.amount))
  const share = shareOf(cost.total.amount, whole.amount)
  return (
    <PeekPanel
      openKey={agent.key}
      title={
        <span className="inline-flex items-center gap-2">
          <Swatch colour={colour} />
          {agent.name}
        </span>
      }
      caption={`Show the arithmetic · ${periodText(period)}`}
      closeHref={hrefWith('/agents', params, { peek: null })}
      figure={<span title={exactText(cost.total)}>{moneyText(cost.total)}</span>}
      formula={formulaOf(row, basis)}
    >
      <PeekSection title="Direct, by resource" unit={currencySymbol(currency)}>
        <ul>
          {resources.map((resource) => (
            <PeekLine
              key={`${resource.provider} ${resource.resource}`}
              name={resource.resource ?? 'no resource named'}
              note={`${resource.provider ?? 'no provider'} · ${countText(resource.cost.invocations)} calls${
                resource.cost.unpricedInvocations === '0'
                  ? ''
                  : `, ${countText(resource.cost.unpricedInvocations)} unpriced`
              }`}
              value={
                <Amount
                  money={resource.cost.invocations === resource.cost.unpricedInvocations ? null : resource.cost.direct}
                  reason="No price for this resource"
                />
              }
            />
          ))}
        </ul>
        <PeekSum
          name={`Direct, ${resources.length} ${resources.length === 1 ? 'resource' : 'resources'}`}
          value={<Amount money={{ amount: sum, currency }} />}
        />
      </PeekSection>
      <Section fallback={<Skeleton className="m-5 h-24" />}>
        <AllocatedSection
          agentKey={agent.key}
          facts={fleet}
          allocated={cost.allocated}
          range={period.range}
          timeZone={timeZone}
        />
      </Section>
      <PeekSection title="Share of the fleet">
        <ul>
          <PeekLine
            name={isLoaded ? 'Own cost, fully loaded' : 'Own direct cost'}
            value={<Amount money={cost.total} />}
          />
          <PeekLine
            name={`÷ ${isLoaded ? 'fleet, fully loaded' : 'ledger of the period'}`}
            value={<Amount money={whole} />}
          />
        </ul>
        <PeekSum name="Share" value={share === null ? 'n/a' : percentText(share, 2)} />
      </PeekSection>
      <ApiQuery text={apiQuery(agent.key, period.range, basis.api)} />
      <p className="no-print px-3.5 pb-4 sm:px-5">
        <Link
          href={hrefWith(`/agents/${encodeURIComponent(agent.key)}`, periodParams(params))}
          className="link inline-flex min-h-8 items-center"
        >
          All of {agent.name}
        </Link>
      </p>
    </PeekPanel>
  )
}
