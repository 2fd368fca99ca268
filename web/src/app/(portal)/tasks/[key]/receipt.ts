import type { TaskChainQuery } from '../../../../generated/graphql.ts'
import type { Basis } from '../../../../lib/basis.ts'
import { exactText, isZero, percentText } from '../../../../lib/format.ts'

/** A task's cost as plain text, exact, to paste into a mail or a ticket. */
export function receiptText(
  { task, cost, byAgent, billed, margin, marginRatio }: NonNullable<TaskChainQuery['taskCost']>,
  basis: Basis,
): string {
  const lines: [string, string][] = byAgent.map((row) => [row.agent.name, exactText(row.direct)])
  if (!isZero(cost.chainShared.amount)) lines.push(['Chain-shared, counted once', exactText(cost.chainShared)])
  if (!isZero(cost.allocated.amount)) lines.push(['Allocated from pools', exactText(cost.allocated)])
  lines.push(['Cost', exactText(cost.total)])
  if (billed != null) lines.push(['Billed', exactText(billed)])
  if (margin != null)
    lines.push([
      basis.id === 'loaded' ? 'Margin' : `Margin on ${basis.label.toLowerCase()} cost`,
      `${exactText(margin)}${marginRatio == null ? '' : ` (${percentText(marginRatio, 2)})`}`,
    ])
  const width = Math.max(...lines.map(([name]) => name.length))
  const heading = [task.name, task.client?.name, task.key].filter(Boolean).join(' · ')
  return [heading, ...lines.map(([name, amount]) => `${name.padEnd(width)}  ${amount}`)].join('\n')
}
