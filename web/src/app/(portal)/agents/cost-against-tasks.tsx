import { Legend, LegendItem } from '../../../components/chart/cumulative-chart.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Swatch } from '../../../components/ui/swatch.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import type { AgentsQuery } from '../../../generated/graphql.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import { compareDecimals, percentText, pixelsOf, shareOf, sumOf } from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'

interface CostAgainstTasksProps {
  agents: AgentsQuery['agentCosts']['nodes']
  colourOf: ColourOf
  period: Period
}

const MOST_ROWS = 8

/** Share of direct cost against share of completed tasks: an agent far to one side is expensive or cheap per task. */
export function CostAgainstTasks({ agents, colourOf, period }: CostAgainstTasksProps) {
  const cost = sumOf(agents.map((row) => row.cost.direct.amount))
  const tasks = sumOf(agents.map((row) => String(row.tasksCompleted)))
  const rows = [...agents]
    .sort((a, b) => compareDecimals(b.cost.direct.amount, a.cost.direct.amount))
    .slice(0, MOST_ROWS)
    .map((row) => ({
      key: row.agent.key,
      name: row.agent.name,
      cost: shareOf(row.cost.direct.amount, cost) ?? '0',
      tasks: shareOf(String(row.tasksCompleted), tasks),
    }))
  const top = rows[0]
  const hasTasks = rows.some((row) => row.tasks !== null)
  const longest = Math.max(...rows.map((row) => Math.max(pixelsOf(row.cost), pixelsOf(row.tasks ?? '0'))), 0.01)
  return (
    <TabbedCard
      label="Cost against tasks"
      heading={
        top === undefined || top.tasks === null
          ? 'Share of direct cost by agent'
          : `${top.name} makes ${percentText(top.tasks, 0)} of tasks and ${percentText(top.cost, 0)} of direct cost`
      }
      caption={`Share of direct cost against share of completed tasks, ${periodText(period)}`}
      tabs={[
        {
          id: 'chart',
          label: 'Chart',
          content: (
            <div className="px-3.5 pt-3 pb-4 sm:px-5">
              <Legend>
                <LegendItem
                  name="cost, in the agent’s colour"
                  mark={rows.slice(0, 2).map((row) => (
                    <Swatch key={row.key} colour={colourOf(row.key)} />
                  ))}
                />
                {hasTasks ? <LegendItem name="tasks" mark={<Swatch colour="var(--chart-other)" />} /> : null}
              </Legend>
              <ul className="grid grid-cols-[minmax(90px,auto)_minmax(0,1fr)] gap-x-3 gap-y-2.5">
                {rows.map((row) => (
                  <li key={row.key} className="contents">
                    <span className="self-center break-words">{row.name}</span>
                    <span className="border-l border-line-2 py-0.5">
                      <Bar ratio={row.cost} longest={longest} colour={colourOf(row.key)} isStrong />
                      {row.tasks === null ? null : (
                        <Bar ratio={row.tasks} longest={longest} colour="var(--chart-other)" />
                      )}
                    </span>
                  </li>
                ))}
              </ul>
            </div>
          ),
        },
        {
          id: 'table',
          label: 'Table',
          content: (
            <MiniTable
              label="Share of cost and tasks"
              heads={[
                { label: 'Agent' },
                { label: 'Share of direct cost', isNumber: true },
                { label: 'Share of tasks', isNumber: true },
              ]}
              rows={rows.map((row) => ({
                id: row.key,
                cells: [row.name, percentText(row.cost), row.tasks === null ? 'n/a' : percentText(row.tasks)],
              }))}
            />
          ),
        },
      ]}
    />
  )
}

function Bar({
  ratio,
  longest,
  colour,
  isStrong = false,
}: {
  ratio: string
  longest: number
  colour: string
  isStrong?: boolean
}) {
  // The longest bar leaves room for its number.
  const width = (pixelsOf(ratio) / longest) * 86
  return (
    <span className="flex h-4 items-center gap-2">
      <span
        aria-hidden
        className="h-2.5 rounded-r-bar"
        style={{ width: `${width}%`, minWidth: pixelsOf(ratio) > 0 ? 2 : 0, background: colour }}
      />
      <span className={`num text-axis ${isStrong ? 'font-[550] text-ink' : 'text-ink-3'}`}>{percentText(ratio)}</span>
    </span>
  )
}
