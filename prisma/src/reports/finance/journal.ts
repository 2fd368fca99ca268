import { minorUnits } from '@outlay/domain/money/currency'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import { journal, type JournalEntry } from '@outlay/domain/reports/journal'
import { dateCell, moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { accrualByMonth, accrued } from '../../sql/accrued.ts'
import { attributedOf, totalOf } from '../../sql/cell-sums.ts'
import { readAllocatedByRuns } from '../../sql/read-allocated.ts'
import { readCostChange } from '../../sql/read-cost-change.ts'
import { readByIds } from '../../sql/read-dimensions.ts'
import { readPoolsByIds, readPoolTotals } from '../../sql/read-pools.ts'
import type { MemberCost } from '../members.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** The accounts of the journal; whoever books it puts the numbers of the own chart of accounts in their place. */
const COST_OF_CLIENT = 'Cost of agents'
const ACCRUED_USAGE = 'Accrued usage of providers'
const SHARED_COST = 'Shared cost'
const UNALLOCATED = 'Unallocated shared cost'

/**
 * The period as journal lines in whole minor units, debits = credits: the cost of each client against what is owed to providers and what
 * cost pools hold, with what of them is not allocated.
 */
export async function journalOf(question: ReportQuestion, clients: readonly MemberCost[]): Promise<ReportSection> {
  const { range, currency } = question
  const entries = [...debits(clients), ...(await owed(question, range)), ...(await shared(question))]
  const lines = journal(entries, minorUnits(currency))
  const day = dateCell(addDays(range.to, -1))
  const debit = lines.reduce((sum, line) => sum + line.debit, 0n)
  return {
    id: 'journal',
    heading: 'Journal',
    blocks: [
      words('Whole minor units, rounded once over all lines, so that debits equal credits.'),
      {
        kind: 'table',
        table: {
          id: 'journal',
          title: 'Lines to be booked on the last day of the period',
          columns: [
            { label: 'Date', kind: 'date' },
            { label: 'Account', kind: 'text' },
            { label: 'Description', kind: 'text' },
            { label: 'Debit', kind: 'money' },
            { label: 'Credit', kind: 'money' },
            { label: 'Currency', kind: 'text' },
          ],
          rows: lines.map((line) => [
            day,
            textCell(line.account),
            textCell(line.description),
            sideOf(line.debit),
            sideOf(line.credit),
            textCell(currency),
          ]),
          total: [textCell(''), textCell(''), textCell('Together'), moneyCell(debit), moneyCell(debit), textCell('')],
        },
      },
    ],
  }
}

/** A line is on one side; the other has no amount. */
function sideOf(amount: Fixed18): ReportCell {
  return amount === 0n ? textCell('') : moneyCell(amount)
}

function debits(clients: readonly MemberCost[]): JournalEntry[] {
  return clients.map(({ name, now }) => ({ account: COST_OF_CLIENT, description: name, exact: totalOf(now) }))
}

async function owed({ db, timeZone, before }: ReportQuestion, range: DateRange): Promise<JournalEntry[]> {
  const resources = await readCostChange(db, {
    ...{ scope: 'FLEET', memberId: NIL_UUID, dimension: 'RESOURCE', range, before, timeZone },
  })
  const ids = resources.map(({ id }) => id).filter((id) => id !== NIL_UUID)
  const providers = new Map((await readByIds(db, 'resource', ids)).map(({ id, provider }) => [id, provider]))
  const sums = new Map<string, bigint>()
  for (const { id, now } of resources) {
    const provider = providers.get(id) || 'No provider named'
    sums.set(provider, (sums.get(provider) ?? 0n) + attributedOf(now))
  }
  return [...sums]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([provider, cost]) => ({ account: ACCRUED_USAGE, description: provider, exact: -cost }))
}

/** What the pools come to in the period, and what of it the runs have not allocated. */
async function shared({ db, fractions }: ReportQuestion): Promise<JournalEntry[]> {
  const months = fractions.map(({ month }) => month)
  const accrual = accrualByMonth(fractions)
  const totals = await readPoolTotals(db, months)
  const allocated = accrued(await readAllocatedByRuns(db, months), accrual)
  const names = new Map(
    (await readPoolsByIds(db, [...new Set(totals.map(({ poolId }) => poolId))])).map((pool) => [pool.id, pool.name]),
  )
  const byPool = new Map<string, bigint>()
  for (const { poolId, month, converted } of totals) {
    const amount = accrued([{ month, amount: converted ?? 0n }], accrual)
    byPool.set(poolId, (byPool.get(poolId) ?? 0n) + amount)
  }
  const whole = [...byPool.values()].reduce((sum, amount) => sum + amount, 0n)
  return [
    { account: UNALLOCATED, description: 'Pools less what their runs allocated', exact: whole - allocated },
    ...[...byPool].map(([poolId, amount]) => ({
      account: SHARED_COST,
      description: names.get(poolId) ?? poolId,
      exact: -amount,
    })),
  ]
}
