import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../../../../components/peek/peek-panel.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { Swatch } from '../../../../components/ui/swatch.tsx'
import type { FleetPoolsFragment, TaskChainQuery } from '../../../../generated/graphql.ts'
import type { ColourOf } from '../../../../lib/colours.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  differenceOf,
  exactText,
  fineAmountText,
  isZero,
  moneyText,
  sumOf,
} from '../../../../lib/format.ts'
import { allocatedOf, hasPools } from '../../../../lib/fleet-pools.ts'

type TaskCost = NonNullable<TaskChainQuery['taskCost']>

/** The parts of a task's cost and their sum: each agent's direct and allocated cost, untagged calls, and the shared uses counted once. */
export function CostByAgent({ taskCost, colourOf }: { taskCost: TaskCost; colourOf: ColourOf }) {
  const { cost, byAgent } = taskCost
  const { currency } = cost.total
  const hasAllocated = !isZero(cost.allocated.amount)
  const loaded = (row: TaskCost['byAgent'][number]) => sumOf([row.direct.amount, row.allocated.amount])
  const untagged = differenceOf(cost.direct.amount, sumOf(byAgent.map((row) => row.direct.amount)))
  const rows = [...byAgent].sort((a, b) => compareDecimals(loaded(b), loaded(a)))
  return (
    <PeekSection
      title={hasAllocated ? 'Direct + allocated, by agent' : 'Direct cost by agent'}
      unit={currencySymbol(currency)}
    >
      <ul>
        {rows.map((row) => (
          <PeekLine
            key={row.agent.key}
            name={
              <span className="inline-flex items-center gap-2">
                <Swatch colour={colourOf(row.agent.key)} />
                {row.agent.name}
              </span>
            }
            note={`${countText(row.invocations)} ${row.invocations === '1' ? 'call' : 'calls'}${
              hasAllocated ? `, ${fineAmountText(row.direct)} + ${fineAmountText(row.allocated)}` : ''
            }`}
            value={<Amount money={{ amount: loaded(row), currency }} as="fine" />}
          />
        ))}
        {isZero(untagged) ? null : (
          <PeekLine
            name="Unattributed"
            note="no agent tag"
            value={<Amount money={{ amount: untagged, currency }} as="fine" />}
          />
        )}
        <PeekLine
          name={
            <span className="inline-flex items-center gap-2">
              <Swatch colour="var(--chart-compare)" />
              Chain-shared
            </span>
          }
          value={<Amount money={cost.chainShared} as="fine" />}
        />
      </ul>
      <PeekSum name="Task" value={<Amount money={cost.total} as="fine" />} />
    </PeekSection>
  )
}

function apiQuery(key: string): string {
  return `query {
  taskCost(taskKey: ${JSON.stringify(key)}) {
    cost {
      direct { amount }
      chainShared { amount }
      allocated { amount }
      total { amount currency }
    }
    byAgent { agent { key } direct { amount } allocated { amount } }
    chainShared { resource reportedBy { key } cost { amount } }
    billed { amount } margin { amount } marginRatio
  }
}`
}

interface TaskPeekProps {
  taskCost: TaskCost
  colourOf: ColourOf
  facts: FleetPoolsFragment
}

/** What stands beside the chain while no call is open. */
export function TaskPeek({ taskCost, colourOf, facts }: TaskPeekProps) {
  const { cost, task } = taskCost
  return (
    <PeekPanel
      openKey="task"
      title={task.name}
      caption="Show the arithmetic · task"
      closeHref={null}
      figure={<span title={exactText(cost.total)}>{moneyText(cost.total)}</span>}
      formula={formulaOf(taskCost)}
    >
      <CostByAgent taskCost={taskCost} colourOf={colourOf} />
      <SharedUses taskCost={taskCost} />
      <Allocated taskCost={taskCost} facts={facts} />
      <ApiQuery text={apiQuery(task.key)} />
    </PeekPanel>
  )
}

function formulaOf({ cost }: TaskCost): string {
  const shared = isZero(cost.chainShared.amount)
    ? ''
    : ` + ${decimalText(cost.chainShared.amount, 4)} shared, counted once`
  const allocated = isZero(cost.allocated.amount) ? '' : ` + ${decimalText(cost.allocated.amount, 4)} allocated`
  return `${decimalText(cost.direct.amount, 4)} direct${shared}${allocated}`
}

const MOST_USES = 20

/** Each resource used together in the task, with the one whose report carries the cost and those who reported it too. */
function SharedUses({ taskCost: { cost, chainShared } }: { taskCost: TaskCost }) {
  if (chainShared.length === 0) return null
  const shown = chainShared.slice(0, MOST_USES)
  const rest = differenceOf(cost.chainShared.amount, sumOf(shown.map((use) => use.cost.amount)))
  return (
    <PeekSection title="Shared uses, counted once" unit={currencySymbol(cost.total.currency)}>
      <ul>
        {shown.map((use, index) => (
          <PeekLine
            key={`${use.sharedKey} ${index}`}
            name={use.resource ?? use.sharedKey}
            note={reportersText(use.reportedBy.map((agent) => agent.name))}
            value={<Amount money={use.cost} as="fine" />}
          />
        ))}
        {isZero(rest) ? null : (
          <PeekLine
            name={`${countText(chainShared.length - shown.length)} more`}
            value={<Amount money={{ ...cost.chainShared, amount: rest }} as="fine" />}
          />
        )}
      </ul>
      <PeekSum name={`${countText(chainShared.length)} shared`} value={<Amount money={cost.chainShared} as="fine" />} />
    </PeekSection>
  )
}

/** `reported by A; also by B, C`: the first report carries the cost. */
function reportersText([carrier, ...others]: readonly string[]): string {
  if (carrier === undefined) return 'reported without an agent'
  return others.length === 0 ? `reported by ${carrier}` : `reported by ${carrier}; also by ${others.join(', ')}`
}

/** Where the allocated part comes from: through its agents, whose pages name the pools. */
function Allocated({ taskCost: { cost, byAgent }, facts }: { taskCost: TaskCost; facts: FleetPoolsFragment }) {
  if (!hasPools(facts)) return null
  const known = allocatedOf(facts, cost.allocated)
  const bearing = byAgent.filter((row) => !isZero(row.allocated.amount))
  return (
    <PeekSection title="Allocated, through its agents" unit={currencySymbol(cost.total.currency)}>
      {known.money === null ? <p className="text-ink-2">{known.reason}.</p> : null}
      {known.money !== null && bearing.length === 0 ? (
        <p className="text-ink-2">None of its agents bears a share of a pool for it.</p>
      ) : null}
      <ul>
        {bearing.map((row) => (
          <PeekLine
            key={row.agent.key}
            name={
              <Link href={`/agents/${encodeURIComponent(row.agent.key)}#pools`} className="row-link">
                {row.agent.name}
              </Link>
            }
            note="its shares of the pools, split over its tasks"
            value={<Amount money={row.allocated} as="fine" />}
          />
        ))}
      </ul>
      <PeekSum name="Allocated" value={<Amount {...known} as="fine" />} />
    </PeekSection>
  )
}
