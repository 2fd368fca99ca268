import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../../../../components/peek/peek-panel.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Swatch } from '../../../../components/ui/swatch.tsx'
import type { TaskChainQuery } from '../../../../generated/graphql.ts'
import type { ColourOf } from '../../../../lib/colours.ts'
import {
  compareDecimals,
  countText,
  currencySymbol,
  decimalText,
  differenceOf,
  exactText,
  isZero,
  moneyText,
  sumOf,
} from '../../../../lib/format.ts'

type TaskCost = NonNullable<TaskChainQuery['taskCost']>

/** The parts of a task's cost and their sum: each agent's direct cost, untagged calls, and the shared uses counted once. */
export function DirectByAgent({ taskCost, colourOf }: { taskCost: TaskCost; colourOf: ColourOf }) {
  const { cost, byAgent } = taskCost
  const { currency } = cost.total
  const untagged = differenceOf(cost.direct.amount, sumOf(byAgent.map((row) => row.direct.amount)))
  const rows = [...byAgent].sort((a, b) => compareDecimals(b.direct.amount, a.direct.amount))
  return (
    <PeekSection title="Direct cost by agent" unit={currencySymbol(currency)}>
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
            note={`${countText(row.invocations)} ${row.invocations === '1' ? 'call' : 'calls'}`}
            value={<Amount money={row.direct} as="fine" />}
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
      total { amount currency }
    }
    byAgent { agent { key } direct { amount } }
    billed { amount } margin { amount } marginRatio
  }
}`
}

/** What stands beside the chain while no call is open. */
export function TaskPeek({ taskCost, colourOf }: { taskCost: TaskCost; colourOf: ColourOf }) {
  const { cost, task, traces } = taskCost
  const uses = traces.flatMap((trace) =>
    trace.chainShared.map((use) => ({ ...use, id: `${trace.traceId} ${use.sharedKey}` })),
  )
  return (
    <PeekPanel
      openKey="task"
      title={task.name}
      caption="Show the arithmetic · task"
      closeHref={null}
      figure={<span title={exactText(cost.total)}>{moneyText(cost.total)}</span>}
      formula={`${decimalText(cost.direct.amount, 4)} direct + ${decimalText(cost.chainShared.amount, 4)} shared, counted once`}
    >
      <DirectByAgent taskCost={taskCost} colourOf={colourOf} />
      {uses.length === 0 ? null : (
        <PeekSection title="Shared uses, counted once" unit={currencySymbol(cost.total.currency)}>
          <ul>
            {uses.slice(0, 20).map((use) => (
              <PeekLine
                key={use.id}
                name={use.resource ?? use.sharedKey}
                note={`${use.reportedBy.map((agent) => agent.name).join(', ')}`}
                value={<Amount money={use.cost} as="fine" />}
              />
            ))}
          </ul>
          <PeekSum name={`${countText(uses.length)} shared`} value={<Amount money={cost.chainShared} as="fine" />} />
        </PeekSection>
      )}
      <ApiQuery text={apiQuery(task.key)} />
    </PeekPanel>
  )
}
