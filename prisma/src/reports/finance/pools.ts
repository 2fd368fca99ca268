import { moneyCell, textCell, unknownCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { readRunsOfPools, type RunRecord } from '../../sql/read-allocation-runs.ts'
import { readPoolsOfMonth, type PoolOfMonth } from '../../sql/read-pools.ts'
import { monthsOf, type ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** The cost pools of each month of the period: what they come to, how they were split, and what of them nobody bears yet. */
export async function pools(question: ReportQuestion): Promise<ReportSection> {
  const blocks: ReportBlock[] = []
  for (const month of monthsOf(question.range)) blocks.push(...(await poolsOf(question, month)))
  return {
    id: 'pools',
    heading: 'Cost pools and their allocation',
    blocks: blocks.length > 0 ? blocks : [words('No month of the period has a cost pool.')],
  }
}

async function poolsOf({ db }: ReportQuestion, month: CalendarDate): Promise<ReportBlock[]> {
  const found = await readPoolsOfMonth(db, month)
  if (found.length === 0) return []
  const runs = await readRunsOfPools(
    db,
    found.map(({ id }) => ({ month, poolId: id })),
  )
  const current = new Map(runs.filter(({ state }) => state === 'CURRENT').map((run) => [run.poolId, run]))
  const rows = found.map((pool) => rowOf(pool, current.get(pool.id)))
  const sums = rows.map(({ amounts }) => amounts)
  const name = month.slice(0, 7)
  return [
    {
      kind: 'table',
      table: {
        id: `pools-${name}`,
        title: `Pools of the whole month ${name}`,
        columns: [
          { label: 'Pool', kind: 'text' },
          { label: 'Split by', kind: 'text' },
          { label: 'Amount', kind: 'money' },
          { label: 'From other pools', kind: 'money' },
          { label: 'To other pools', kind: 'money' },
          { label: 'Allocated', kind: 'money' },
          { label: 'Unallocated', kind: 'money' },
        ],
        rows: rows.map(({ cells }) => cells),
        total: [
          textCell('Together'),
          textCell(''),
          ...[0, 1, 2, 3, 4].map((i) => moneyCell(sums.reduce((sum, amounts) => sum + (amounts[i] ?? 0n), 0n))),
        ],
      },
    },
  ]
}

/** Amount, received, passed on, allocated, unallocated. */
function rowOf(pool: PoolOfMonth, run: RunRecord | undefined): { cells: ReportCell[]; amounts: bigint[] } {
  const { name, converted, policy, currency } = pool
  const split = run ?? policy
  const how = [
    textCell(name),
    textCell(split === null || split === undefined ? 'No approved policy' : howOf(split, run === undefined)),
  ]
  if (run !== undefined) {
    const { poolAmount, received, passedOn, allocated, unallocated } = run
    const amounts = [poolAmount, received, passedOn, allocated, unallocated].map(parseFixed18)
    return { cells: [...how, ...amounts.map(moneyCell)], amounts }
  }
  if (converted === null) {
    const unknown = unknownCell(`The exchange rate of ${currency} on the last day of the month is not published.`)
    return { cells: [...how, unknown, unknown, unknown, unknown, unknown], amounts: [] }
  }
  const amounts = [converted, 0n, 0n, 0n, converted]
  return { cells: [...how, ...amounts.map(moneyCell)], amounts }
}

function howOf(split: Pick<RunRecord, 'method' | 'basis'>, isWaiting: boolean): string {
  const basis = split.basis === null ? '' : ` by ${plain(split.basis)}`
  return `${plain(split.method)}${basis}${isWaiting ? ', not run yet' : ''}`
}

/** `UNDER_SCORE` as words: `Under score`. */
function plain(constant: string): string {
  const text = constant.toLowerCase().replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
