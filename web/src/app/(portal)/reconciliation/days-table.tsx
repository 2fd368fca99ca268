import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { FilterSelect } from '../../../components/table/filter-select.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import type { ReconciliationQuery } from '../../../generated/graphql.ts'
import { dateText } from '../../../lib/calendar.ts'
import { currencySymbol, percentText } from '../../../lib/format.ts'
import type { DateRange } from '../../../lib/period.ts'
import { CAUSE_WORDS } from '../../../lib/reconciliation.ts'
import type { SearchParams } from '../../../lib/search-params.ts'

type Reconciled = ReconciliationQuery['reconciliation']
type Row = Reconciled['rows'][number]

interface DaysTableProps {
  reconciled: Reconciled
  range: DateRange
  providers: readonly string[]
  params: SearchParams
  provider: string | null
  cause: string | null
}

const PATH = '/reconciliation'

/** Every day of every resource: what was invoiced, what was attributed, and why they differ. */
export function DaysTable({ reconciled, range, providers, params, provider, cause }: DaysTableProps) {
  const { currency } = reconciled.gap
  const rows = reconciled.rows.filter((row) => cause === null || row.causes.some((each) => each.cause === cause))
  return (
    <div className="mt-4">
      <DataTable
        label="Invoice and attributed, by day and resource"
        noun="rows"
        path={PATH}
        params={params}
        rows={rows}
        columns={columnsOf(currencySymbol(currency))}
        rowKey={(row) => `${row.provider}/${row.day}/${row.resource ?? ''}`}
        filterText={(row) => `${row.day} ${row.provider} ${row.resource ?? ''}`}
        defaultSort={{ column: 'gap', direction: 'desc' }}
        fixedRows={cause !== null ? [] : [totalOf(reconciled)]}
        toolbar={
          <>
            {providers.length < 2 ? null : (
              <FilterSelect
                path={PATH}
                name="provider"
                label="Provider"
                all="All providers"
                options={providers}
                chosen={provider}
              />
            )}
            <FilterSelect
              path={PATH}
              name="cause"
              label="Cause"
              all="All causes"
              options={reconciled.causes.map((each) => ({ value: each.cause, name: CAUSE_WORDS[each.cause].name }))}
              chosen={cause}
            />
          </>
        }
        csvName={`reconciliation ${range.from} ${range.to}`}
        exportOf={{
          kind: 'provider-lines',
          words: 'Statement lines',
          range,
          filters: provider === null ? [] : [{ name: 'provider', values: [provider] }],
        }}
      />
    </div>
  )
}

function totalOf({ invoiced, attributed, gap, captureRate }: Reconciled) {
  return {
    id: 'total',
    tone: 'total' as const,
    cells: {
      day: 'All days',
      invoiced: <Amount money={invoiced} />,
      attributed: <Amount money={attributed} />,
      gap: <Amount money={gap} />,
      capture: captureRate == null ? '' : percentText(captureRate),
    },
    csv: {
      day: 'All days',
      invoiced: { number: invoiced.amount },
      attributed: { number: attributed.amount },
      gap: { number: gap.amount },
      capture: captureRate == null ? null : { number: captureRate },
    },
  }
}

function columnsOf(symbol: string): Column<Row>[] {
  return [
    {
      id: 'day',
      label: 'Day, UTC',
      cell: (row) => <span className="num">{dateText(row.day)}</span>,
      sort: (row) => ({ text: row.day }),
      csv: (row) => row.day,
    },
    {
      id: 'resource',
      label: 'Resource',
      cell: (row) => (
        <span>
          {row.resource ?? 'whole day'}
          <span className="block text-caption text-ink-3">{row.provider}</span>
        </span>
      ),
      sort: (row) => ({ text: `${row.resource ?? ''} ${row.provider}` }),
      csv: (row) => [row.provider, row.resource].filter(Boolean).join(' / '),
    },
    {
      id: 'invoiced',
      label: `Invoiced, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.invoiced} />,
      sort: (row) => ({ decimal: row.invoiced.amount }),
      csv: (row) => ({ number: row.invoiced.amount }),
    },
    {
      id: 'attributed',
      label: `Attributed, ${symbol}`,
      isNumber: true,
      cell: (row) => <Amount money={row.attributed} />,
      sort: (row) => ({ decimal: row.attributed.amount }),
      csv: (row) => ({ number: row.attributed.amount }),
    },
    {
      id: 'gap',
      label: `Gap, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (row) => <Amount money={row.gap} className="font-[550]" />,
      sort: (row) => ({ decimal: row.gap.amount }),
      csv: (row) => ({ number: row.gap.amount }),
    },
    {
      id: 'capture',
      label: 'Captured',
      isNumber: true,
      cell: (row) =>
        row.captureRate == null ? (
          <NotAvailable reason="Money without quantities does not tell" />
        ) : (
          <span className="num">{percentText(row.captureRate)}</span>
        ),
      sort: (row) => (row.captureRate == null ? null : { decimal: row.captureRate }),
      csv: (row) => (row.captureRate == null ? null : { number: row.captureRate }),
    },
    {
      id: 'causes',
      label: 'Because of',
      cell: (row) => (
        <span className="block text-caption text-ink-2">
          {row.causes.length === 0
            ? 'they are equal'
            : row.causes.map(({ cause, amount }) => (
                <span key={cause} className="mr-2 inline-block whitespace-nowrap">
                  {CAUSE_WORDS[cause].name} <Amount money={amount} />
                </span>
              ))}
        </span>
      ),
      csv: (row) => row.causes.map(({ cause, amount }) => `${cause} ${amount.amount}`).join('; '),
    },
  ]
}
