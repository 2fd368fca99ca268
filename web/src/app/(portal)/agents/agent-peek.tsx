import { Link } from '../../../components/ui/link.tsx'
import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../../../components/peek/peek-panel.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Swatch } from '../../../components/ui/swatch.tsx'
import { graphql } from '../../../generated/gql.ts'
import type { AgentsQuery } from '../../../generated/graphql.ts'
import { query } from '../../../lib/api.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  exactText,
  moneyText,
  percentText,
  shareOf,
  sumOf,
} from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'
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
}

function apiQuery(key: string, { from, to }: { from: string; to: string }): string {
  return `query {
  agentCost(
    agentKey: ${JSON.stringify(key)}
    range: { from: "${from}", to: "${to}" }
  ) {
    cost { direct { amount currency } }
    tasksCompleted
    costPerTask { amount }
    resources {
      provider resource
      cost { direct { amount } }
    }
  }
}`
}

/** How an agent's amount comes about: per resource, per task, and as a share of the fleet. */
export async function AgentPeek({ row, fleet, period, params, colour }: AgentPeekProps) {
  const { agent, cost, tasksCompleted, costPerTask } = row
  const { agentCost } = await query(AgentPeekDocument, { key: agent.key, range: period.range })
  const resources = [...(agentCost?.resources ?? [])].sort((a, b) =>
    compareDecimals(b.cost.direct.amount, a.cost.direct.amount),
  )
  const { currency } = cost.direct
  const sum = sumOf(resources.map((resource) => resource.cost.direct.amount))
  const share = shareOf(cost.direct.amount, fleet.cost.total.amount)
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
      figure={<span title={exactText(cost.direct)}>{moneyText(cost.direct)}</span>}
      formula={
        costPerTask == null
          ? 'No task was completed, so there is no cost per task'
          : `${decimalText(cost.direct.amount, 2)} ÷ ${countText(tasksCompleted)} tasks = ${moneyText(costPerTask)} a task`
      }
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
      <PeekSection title="Share of the fleet">
        <ul>
          <PeekLine name="Own direct cost" value={<Amount money={cost.direct} />} />
          <PeekLine name="÷ ledger of the period" value={<Amount money={fleet.cost.total} />} />
        </ul>
        <PeekSum name="Share" value={share === null ? 'n/a' : percentText(share, 2)} />
      </PeekSection>
      <ApiQuery text={apiQuery(agent.key, period.range)} />
      <p className="no-print px-5 pb-4">
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
