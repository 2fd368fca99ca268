import type { Money } from '@outlay/domain/money/currency'
import { graphql } from '../../generated/gql.ts'
import type { CostOfTasksFragment, UnitCostChangeQuery } from '../../generated/graphql.ts'
import { query } from '../../lib/api.ts'
import { BASES, costOn, readBasis, type Basis } from '../../lib/basis.ts'
import { rangeText } from '../../lib/calendar.ts'
import { unitSentenceOf } from '../../lib/cost-change.ts'
import { countText, currencySymbol, decimalText, exactText, isZero, moneyText, quotientOf } from '../../lib/format.ts'
import { comparisonText, type Period } from '../../lib/period.ts'
import { Amounts, WhyPanel, type WhyProps } from './why-panel.tsx'

const UnitCostChangeDocument = graphql(`
  query UnitCostChange(
    $range: DateRangeInput!
    $before: DateRangeInput!
    $scope: CostScope!
    $key: String
    $basis: CostBasis!
  ) {
    costChange(range: $range, before: $before, scope: $scope, key: $key, basis: $basis) {
      current {
        ...CostOfTasks
      }
      previous {
        ...CostOfTasks
      }
      perTask {
        tasksCompleted
        previousTasksCompleted
        parts {
          current {
            amount
            currency
          }
          previous {
            amount
            currency
          }
          change {
            amount
            currency
          }
          callsPerTask {
            amount
            currency
          }
          mix {
            amount
            currency
          }
          tokensPerCall {
            amount
            currency
          }
          price {
            amount
            currency
          }
          tasks {
            amount
            currency
          }
          allocation {
            amount
            currency
          }
        }
      }
    }
  }
`)

graphql(`
  fragment CostOfTasks on CostBreakdown {
    ...AttributedCost
    allocated {
      amount
      currency
    }
    total {
      amount
      currency
    }
    invocations
    unpricedInvocations
    unconvertedInvocations
  }
`)

type Change = NonNullable<UnitCostChangeQuery['costChange']>
type Parts = NonNullable<Change['perTask']['parts']>

/** Why the cost of a completed task is not what it was: parts that add up to the difference to the last decimal, and how both come about. */
export async function WhyUnitChange({ of, period, isLoaded, path, params }: WhyProps) {
  if (period.comparison === null) return null
  const basis = comparedOn(readBasis(params), isLoaded)
  const { costChange } = await query(UnitCostChangeDocument, {
    ...of,
    range: period.full,
    before: period.comparison,
    basis: basis.api,
  })
  if (costChange == null) return null
  const { parts, tasksCompleted, previousTasksCompleted } = costChange.perTask
  const costName = nameOfCost(basis, costChange)
  const compared = `${rangeText(period.full.from, period.full.to)} less ${comparisonText(period) ?? ''}`
  return (
    <WhyPanel
      question="unit"
      title={parts == null ? 'There is no cost per task to compare, for no task was completed' : unitSentenceOf(parts)}
      caption={`${compared}, full days, ${costName.toLowerCase()} per task completed, ${currencySymbol(costChange.current.total.currency)}`}
      api={apiQuery(of, period, basis)}
      path={path}
      params={params}
    >
      {parts == null ? (
        <p className="text-ink-2">
          {countText(tasksCompleted)} completed, {countText(previousTasksCompleted)} before.
        </p>
      ) : (
        <>
          <Amounts title="By cause" rows={rowsOf(parts)} total={parts.change} />
          <Quotient
            title="Now"
            basis={basis}
            costName={costName}
            cost={costChange.current}
            tasks={tasksCompleted}
            unit={parts.current}
          />
          <Quotient
            title="Before"
            basis={basis}
            costName={costName}
            cost={costChange.previous}
            tasks={previousTasksCompleted}
            unit={parts.previous}
          />
        </>
      )}
    </WhyPanel>
  )
}

/** Where the pools of one of the two periods wait to be split, both are compared without them. */
function comparedOn(basis: Basis, isLoaded: boolean): Basis {
  return basis.id === 'loaded' && !isLoaded ? BASES[1] : basis
}

/** Without any pool, fully loaded is just the cost. */
function nameOfCost(basis: Basis, { current, previous }: Change): string {
  const isWithoutPools = isZero(current.allocated.amount) && isZero(previous.allocated.amount)
  return basis.id === 'loaded' && isWithoutPools ? 'Cost' : `${basis.label} cost`
}

/** The causes that there are; pools stand among them only where a pool is in one of the two. */
function rowsOf(parts: Parts) {
  const pools = [
    { id: 'tasks', name: 'Pools over other tasks', money: parts.tasks },
    { id: 'allocation', name: 'Shares of pools', money: parts.allocation },
  ].filter(({ money }) => !isZero(money.amount))
  return [
    { id: 'calls', name: 'Calls per task', money: parts.callsPerTask },
    { id: 'mix', name: 'Mix of resources', money: parts.mix },
    { id: 'tokens', name: 'Tokens per call', money: parts.tokensPerCall },
    { id: 'price', name: 'Price per token', money: parts.price },
    ...pools,
  ]
}

interface QuotientProps {
  title: string
  basis: Basis
  costName: string
  cost: CostOfTasksFragment
  tasks: number
  unit: Money
}

/** One side of the comparison, as the division that it is. */
function Quotient({ title, basis, costName, cost, tasks, unit }: QuotientProps) {
  const counted = costOn(basis, cost)
  const calls = BigInt(cost.invocations) - BigInt(cost.unpricedInvocations) - BigInt(cost.unconvertedInvocations)
  const callsPerTask = quotientOf(calls.toString(), tasks)
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1 text-caption font-[550] text-ink-2">{title}</h3>
      <dl>
        <Line name={costName} text={moneyText(counted)} title={exactText(counted)} />
        <Line name="Tasks completed" text={`÷ ${countText(tasks)}`} />
        <Line
          name="Calls per task, with a known cost"
          text={callsPerTask === null ? 'n/a' : decimalText(callsPerTask, 1)}
        />
      </dl>
      <p className="mt-1.5 flex justify-between gap-3 border-t border-line pt-2 font-semibold">
        <span>Cost per task</span>
        <span className="num" title={exactText(unit)}>
          {moneyText(unit)}
        </span>
      </p>
    </section>
  )
}

function Line({ name, text, title }: { name: string; text: string; title?: string }) {
  return (
    <div className="flex justify-between gap-3 py-1">
      <dt className="text-ink-2">{name}</dt>
      <dd className="num text-right" title={title}>
        {text}
      </dd>
    </div>
  )
}

function apiQuery({ scope, key }: WhyProps['of'], period: Period, basis: Basis): string {
  const range = ({ from, to }: { from: string; to: string }) => `{ from: "${from}", to: "${to}" }`
  return `query {
  costChange(
    range: ${range(period.full)}
    before: ${range(period.comparison ?? period.full)}
    scope: ${scope}${key === null ? '' : `\\n    key: ${JSON.stringify(key)}`}
    basis: ${basis.api}
  ) {
    perTask {
      tasksCompleted previousTasksCompleted
      parts {
        current { amount currency } previous { amount } change { amount }
        callsPerTask { amount } mix { amount } tokensPerCall { amount }
        price { amount } tasks { amount } allocation { amount }
      }
    }
  }
}`
}
