import { BellOff } from 'lucide-react'
import type { BudgetFacts } from '../../../components/budget/budget-facts.ts'
import { budgetTags } from '../../../components/budget/budget-sum.ts'
import { BurnBar } from '../../../components/budget/burn-bar.tsx'
import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { SCOPE_NAMES } from '../../../lib/alerts.ts'
import { budgetName, capText, thresholdsText, unseenText, windowText } from '../../../lib/budgets.ts'
import { addDays } from '../../../lib/calendar.ts'
import { countText, currencySymbol, percentText } from '../../../lib/format.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'
import type { Tenant } from '../../../lib/session.ts'
import { dateOf } from '../../../lib/time.ts'

interface BudgetTableProps {
  budgets: readonly BudgetFacts[]
  params: SearchParams
  tenant: Tenant
  /** Whether who looks sees the whole firm, its channels included. */
  isWhole: boolean
}

/** Every budget: how far it is, where it is heading, and whom it would tell. */
export function BudgetTable({ budgets, params, tenant, isWhole }: BudgetTableProps) {
  return (
    <DataTable
      label="Budgets"
      noun="budgets"
      path="/budgets"
      params={params}
      rows={budgets}
      columns={isWhole ? [...columnsOf(tenant), TELLS] : columnsOf(tenant)}
      rowKey={(row) => row.id}
      filterText={(row) => `${budgetName(row)} ${SCOPE_NAMES[row.scope]} ${row.key ?? ''} ${row.note ?? ''}`}
      defaultSort={{ column: 'burn', direction: 'desc' }}
      csvName={`budgets ${tenant.today}`}
      {...(isWhole ? { exportOf: { kind: 'budgets', words: 'All rows', range: null, filters: [] } as const } : {})}
    />
  )
}

/** `month, 1–30 Nov 2026`: the window that the numbers are of. */
function periodOf(budget: BudgetFacts, { timeZone, today }: Tenant): string {
  const start = budget.windowStart == null ? null : dateOf(budget.windowStart, timeZone)
  const end = budget.windowEnd == null ? null : dateOf(budget.windowEnd, timeZone)
  return windowText(budget, start, budget.window === 'DAY' ? addDays(start ?? today, 1) : end)
}

/** The budget's own page, with the arithmetic of what is spent. */
function spentHref(row: BudgetFacts): string {
  return sumLinks(`/budgets/${encodeURIComponent(row.id)}`, {})('attributed', budgetTags(row))
}

function columnsOf(tenant: Tenant): Column<BudgetFacts>[] {
  const symbol = currencySymbol(tenant.currency)
  return [
    {
      id: 'budget',
      label: 'Budget',
      cell: (row) => (
        <span>
          <Link href={`/budgets/${encodeURIComponent(row.id)}`} className="row-link font-[550]">
            {budgetName(row)}
          </Link>
          <span className="block text-caption text-ink-3">
            {SCOPE_NAMES[row.scope].toLowerCase()} · {periodOf(row, tenant)}
            {row.isLearned ? ' · learned' : ''}
          </span>
        </span>
      ),
      sort: (row) => ({ text: budgetName(row) }),
      csv: (row) => budgetName(row),
      className: 'sm:min-w-44',
    },
    {
      id: 'spent',
      label: `Spent, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.spent} sumHref={spentHref(row)} className="font-[550]" />,
      sort: (row) => ({ decimal: row.spent.amount }),
      csv: (row) => ({ number: row.spent.amount }),
    },
    {
      id: 'amount',
      label: `Budget, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.amount} />,
      sort: (row) => ({ decimal: row.amount.amount }),
      csv: (row) => ({ number: row.amount.amount }),
    },
    {
      id: 'burn',
      label: 'Burnt',
      isMain: true,
      cell: (row) => (
        <span className="block w-36 text-left">
          <span className="num block text-ink-2">{percentText(row.ratio)}</span>
          <BurnBar budget={row} />
          <span className="block text-caption font-normal text-ink-3">tells at {thresholdsText(row.thresholds)}</span>
        </span>
      ),
      sort: (row) => ({ decimal: row.ratio }),
      csv: (row) => ({ number: row.ratio }),
    },
    {
      id: 'forecast',
      label: `Forecast, ${symbol}`,
      isNumber: true,
      cell: (row) =>
        row.forecast == null ? (
          ''
        ) : (
          <span>
            <Amount money={row.forecast} />
            {row.forecastLow == null || row.forecastHigh == null ? null : (
              <span className="block text-caption text-ink-3">
                <Amount money={row.forecastLow} /> to <Amount money={row.forecastHigh} />
              </span>
            )}
          </span>
        ),
      sort: (row) => (row.forecast == null ? null : { decimal: row.forecast.amount }),
      csv: (row) => (row.forecast == null ? null : { number: row.forecast.amount }),
    },
    {
      id: 'rate',
      label: `Per day, ${symbol}`,
      isNumber: true,
      cell: (row) => (row.burnRatePerDay == null ? '' : <Amount money={row.burnRatePerDay} />),
      sort: (row) => (row.burnRatePerDay == null ? null : { decimal: row.burnRatePerDay.amount }),
      csv: (row) => (row.burnRatePerDay == null ? null : { number: row.burnRatePerDay.amount }),
    },
    {
      id: 'cap',
      label: 'Spent up',
      cell: (row) => <span className="block text-caption sm:min-w-24 text-ink-2">{capText(row)}</span>,
      sort: (row) => (row.daysToCap == null ? null : { decimal: row.daysToCap }),
      csv: (row) => row.capReachedOn ?? '',
    },
  ]
}

/** Whom a budget would tell: channels are of the whole firm. */
const TELLS: Column<BudgetFacts> = {
  id: 'tells',
  label: 'Tells',
  cell: (row) => (
    <span className="flex flex-col items-start gap-1 max-sm:items-end">
      {row.reachesNobody ? (
        <Badge tone="warn" Icon={BellOff} title="No live channel lets its alerts through">
          reaches nobody
        </Badge>
      ) : (
        `${countText(row.recipients ?? 0)} ${row.recipients === 1 ? 'channel' : 'channels'}`
      )}
      {unseenText(row) === null ? null : (
        <span className="text-caption text-warn" title="The budget does not see it">
          {unseenText(row)}
        </span>
      )}
    </span>
  ),
  sort: (row) => ({ decimal: String(row.recipients) }),
  csv: (row) => ({ number: String(row.recipients) }),
}
