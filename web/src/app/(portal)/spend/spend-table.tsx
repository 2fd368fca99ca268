import { ChevronDown, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Sparkline } from '../../../components/chart/sparkline.tsx'
import { allocatedColumn } from '../../../components/cost/loaded-columns.tsx'
import { exportFilters } from '../../../components/export/export-job.ts'
import { DataTable, type Column, type FixedRow } from '../../../components/table/data-table.tsx'
import { Amount, NotAvailable } from '../../../components/ui/amount.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { Swatch } from '../../../components/ui/swatch.tsx'
import type { SpendInnerQuery, SpendQuery } from '../../../generated/graphql.ts'
import { costOn, type Basis } from '../../../lib/basis.ts'
import type { CsvCell } from '../../../lib/csv.ts'
import {
  changeText,
  currencySymbol,
  differenceOf,
  isZero,
  moneyText,
  percentText,
  shareOf,
  signedAmountText,
} from '../../../lib/format.ts'
import { allocatedOf, WAITING, isWaiting } from '../../../lib/fleet-pools.ts'
import type { OwnFacts } from '../../../lib/own-cost.ts'
import { comparisonText, periodText, type Period } from '../../../lib/period.ts'
import { all, hrefWith, periodParams, type SearchParams } from '../../../lib/search-params.ts'
import { isLimited, mayManageBudgets, type Viewer } from '../../../lib/session.ts'
import { sharePercents } from '../../../lib/shares.ts'
import {
  budgetHref,
  changesOf,
  drillOf,
  firstChildren,
  foldRows,
  memberHref,
  openedOfEach,
  ratioOf,
  restId,
  tagsOfRow,
  type Change,
  type SpendRow,
  type SpendView,
} from '../../../lib/spend.ts'
import { sumLinks, type SumOf } from '../../../lib/sum.ts'
import type { StackSeries } from '../../../lib/spend-stack.ts'

interface SpendTableProps {
  data: SpendQuery
  /** Of the fleet, or of the clients that the viewer is limited to. */
  facts: OwnFacts
  inner: SpendInnerQuery | null
  view: SpendView
  period: Period
  viewer: Viewer
  params: SearchParams
  basis: Basis
  series: readonly StackSeries[]
}

/** A row, and the one it stands under. */
interface Shown {
  row: SpendRow
  parent: SpendRow | null
}

/** What the cells of the table are made from. */
interface Table extends SpendTableProps {
  rows: readonly SpendRow[]
  changeOf: (shown: Shown) => Change | null
  shareText: (shown: Shown) => string
  isOpen: (row: SpendRow) => boolean
}

/** What events are filtered by, as spend is. */
const EVENT_FILTERS = ['agent', 'client', 'project', 'provider', 'resource', 'kind']

/** The spend by one dimension or two: named rows, then what has no name, then the sum the API answers. */
export function SpendTable(props: SpendTableProps) {
  const { view, period, params } = props
  const table = tableOf(props)
  const { by, then } = view
  const isFiltered = view.kept.size > 0
  return (
    <>
      <DataTable
        label={`Spend by ${by.label.toLowerCase()}${then === null ? '' : ` and ${then.label.toLowerCase()}`}, ${periodText(period)}`}
        noun={by.plural}
        path="/spend"
        params={params}
        rows={table.rows.filter(({ kind }) => kind === 'member').map((row): Shown => ({ row, parent: null }))}
        nested={({ row, parent }) => (parent === null ? childrenOf(table, row) : [])}
        columns={columnsOf(table)}
        rowKey={({ row }) => row.id}
        filterText={({ row }) => `${row.label} ${row.key ?? ''}`}
        defaultSort={{ column: 'cost', direction: 'desc' }}
        fixedRows={[...remaindersOf(table), totalOf(table)]}
        toolbar={then === null ? null : <FoldAll table={table} />}
        csvName={`spend ${period.range.from} ${period.range.to}`}
        exportOf="spend"
        exportMore={
          isLimited(props.viewer)
            ? []
            : [
                {
                  kind: 'invocations',
                  words: 'Every event',
                  range: period.range,
                  filters: exportFilters(params, EVENT_FILTERS),
                },
                { kind: 'focus', words: 'FOCUS 1.3, all', range: period.range, filters: [], isCsvOnly: true },
              ]
        }
      />
      <p className="mt-2 text-caption text-ink-3">{whatIsIn(props, isFiltered)}</p>
    </>
  )
}

function tableOf(props: SpendTableProps): Table {
  const { data, inner, view, params, basis } = props
  const rows = foldRows(view, data.spend, inner?.spend ?? null)
  const outer = changesOf(basis, data.full, data.before)
  const under = changesOf(basis, inner?.full, inner?.before)
  const total = costOn(basis, data.spend.total).amount
  const shares = sharePercents(
    rows.map(({ id, cost }) => ({ id, amount: costOn(basis, cost).amount })),
    1,
  )
  const shareIn = (row: SpendRow): string => {
    const share = shareOf(costOn(basis, row.cost).amount, total)
    return share === null ? '' : percentText(share)
  }
  const open = new Set(all(params.open))
  return {
    ...props,
    rows,
    changeOf: ({ row, parent }) => (row.kind === 'more' ? null : (parent === null ? outer : under)(row.id)),
    shareText: ({ row, parent }) => (parent === null ? (shares.get(row.id) ?? shareIn(row)) : shareIn(row)),
    isOpen: ({ id }) => open.has('all') || open.has(id),
  }
}

function childrenOf({ isOpen, params, rows }: Pick<Table, 'isOpen' | 'params' | 'rows'>, row: SpendRow): Shown[] {
  if (!isOpen(row)) return []
  const children = all(params.open).includes(row.id) ? row.children : firstChildren(row, openedOfEach(rows.length))
  return children.map((child) => ({ row: child, parent: row }))
}

function columnsOf(table: Table): Column<Shown>[] {
  const { data, view, period, basis, changeOf, shareText } = table
  const symbol = currencySymbol(data.spend.total.total.currency)
  const trends = new Map(table.series.map(({ id, amounts }) => [id, amounts]))
  const against = `full days against ${comparisonText(period)}`
  const money = (shown: Shown) => costOn(basis, shown.row.cost)
  const sum = sumLinks('/spend', table.params)
  const sumOfRow = (what: SumOf, { row, parent }: Shown): string | undefined => {
    const tags = tagsOfRow(view, parent === null ? [row] : [parent, row])
    return tags === null ? undefined : sum(what, tags)
  }
  return [
    {
      id: 'name',
      label: view.by.label,
      cell: (shown) => <Name shown={shown} table={table} />,
      sort: ({ row }) => ({ text: row.label }),
      csv: ({ row, parent }) => (parent === null ? row.label : `${parent.label} › ${row.label}`),
      className: 'sm:min-w-48',
    },
    {
      id: 'trend',
      label: 'Trend',
      cell: ({ row, parent }) => (parent === null ? <Sparkline values={trends.get(row.id) ?? []} /> : null),
      className: 'max-xl:hidden',
    },
    {
      id: 'direct',
      label: `Direct, ${symbol}`,
      isNumber: true,
      cell: (shown) => <Amount money={shown.row.cost.direct} sumHref={sumOfRow('direct', shown)} />,
      sort: ({ row }) => ({ decimal: row.cost.direct.amount }),
      csv: ({ row }) => ({ number: row.cost.direct.amount }),
    },
    {
      id: 'shared',
      label: `Chain-shared, ${symbol}`,
      isNumber: true,
      cell: (shown) => <Amount money={shown.row.cost.chainShared} sumHref={sumOfRow('shared', shown)} />,
      sort: ({ row }) => ({ decimal: row.cost.chainShared.amount }),
      csv: ({ row }) => ({ number: row.cost.chainShared.amount }),
    },
    allocatedColumn<Shown>({ facts: table.facts, costOf: ({ row }) => row.cost, sumOf: sumOfRow }),
    {
      id: 'cost',
      label: `${basis.label}, ${symbol}`,
      head: (
        <span title={basis.means}>
          Cost,{'\u00a0'}
          {symbol}
        </span>
      ),
      isNumber: true,
      isMain: true,
      cell: (shown) => (
        <Amount
          money={money(shown)}
          sumHref={sumOfRow('onBasis', shown)}
          className={shown.parent === null ? 'font-[550]' : ''}
        />
      ),
      sort: (shown) => ({ decimal: money(shown).amount }),
      csv: (shown) => ({ number: money(shown).amount }),
    },
    {
      id: 'share',
      label: 'Share',
      isNumber: true,
      cell: (shown) => <span className="text-ink-2">{shareText(shown)}</span>,
      csv: (shown) => shareText(shown),
    },
    ...(period.comparison === null
      ? []
      : changeColumns({ symbol, against, changeOf, whyOf: (shown) => whyOf(table, shown) })),
  ]
}

function changeColumns({
  symbol,
  against,
  changeOf,
  whyOf,
}: {
  symbol: string
  against: string
  changeOf: Table['changeOf']
  whyOf: (shown: Shown) => string | undefined
}): Column<Shown>[] {
  const difference = (shown: Shown): string | null => {
    const change = changeOf(shown)
    return change === null ? null : differenceOf(change.now, change.before)
  }
  return [
    {
      id: 'difference',
      label: `Change, ${symbol}`,
      head: (
        <span title={`Change of ${against}`}>
          Change,{'\u00a0'}
          {symbol}
        </span>
      ),
      isNumber: true,
      cell: (shown) => <Difference change={changeOf(shown)} />,
      sort: (shown) => {
        const text = difference(shown)
        return text === null ? null : { decimal: text }
      },
      csv: (shown) => numberOr(difference(shown)),
    },
    {
      id: 'change',
      label: 'Change, %',
      head: <span title={`Change of ${against}`}>Change,{'\u00a0'}%</span>,
      isNumber: true,
      cell: (shown) => <Percent change={changeOf(shown)} whyHref={whyOf(shown)} />,
      sort: (shown) => {
        const ratio = ratioOf(changeOf(shown))
        return ratio === null ? null : { decimal: ratio }
      },
      csv: (shown) => numberOr(ratioOf(changeOf(shown))),
    },
  ]
}

function numberOr(number: string | null): CsvCell {
  return number === null ? null : { number }
}

const UNKNOWN = 'One of the two periods does not tell of it one by one'

function Difference({ change }: { change: Change | null }) {
  if (change === null) return <NotAvailable reason={UNKNOWN} />
  const amount = differenceOf(change.now, change.before)
  return (
    <span className="num" title={`${change.now} on full days, ${change.before} before`}>
      {signedAmountText({ amount, currency: '' })}
    </span>
  )
}

/** Where a change is explained: of an agent or a client as a whole; a part of one, and a resource, are not taken apart. */
function whyOf(
  { view, params, viewer }: Pick<Table, 'view' | 'params' | 'viewer'>,
  { row, parent }: Shown,
): string | undefined {
  const page = memberHref(row, { isLimited: isLimited(viewer) })
  const isTakenApart = row.dimension.id === 'agent' || row.dimension.id === 'client'
  if (page === null || parent !== null || view.kept.size > 0 || !isTakenApart) return undefined
  return hrefWith(page, { ...periodParams(params), why: 'cost' })
}

function Percent({ change, whyHref }: { change: Change | null; whyHref?: string | undefined }) {
  if (change === null) return <NotAvailable reason={UNKNOWN} />
  const ratio = ratioOf(change)
  if (ratio === null) return <NotAvailable reason="Nothing was spent before, so there is nothing to divide by" />
  if (whyHref !== undefined)
    return (
      <Link href={whyHref} aria-label={`${changeText(ratio)} %: why`} className="sum-link text-ink-2">
        {changeText(ratio)}
      </Link>
    )
  return (
    <span className="text-ink-2" title="Taken apart for the fleet, for an agent and for a client as a whole">
      {changeText(ratio)}
    </span>
  )
}

/** The name of a row, and what can be done with it: open its page, look into it, set a budget. */
function Name({ shown, table }: { shown: Shown; table: Table }) {
  const { row, parent } = shown
  const { params, view, series, viewer } = table
  const page = memberHref(row, { isLimited: isLimited(viewer) })
  const drill = drillOf(params, view, row, parent)
  // A budget is of an agent as a whole, not of what it did for the client it stands under.
  const budget = parent === null && mayManageBudgets(viewer) ? budgetHref(row) : null
  const colour = parent === null ? series.find(({ id }) => id === row.id)?.colour : undefined
  const isRest = parent !== null && row.id === restId(parent)
  const href = isRest
    ? hrefWith('/spend', params, { open: parent.id })
    : page === null
      ? drill?.href
      : hrefWith(page, periodParams(params))
  return (
    <span className={`flex items-start gap-1.5 ${parent === null ? '' : 'pl-8'}`}>
      {parent === null && view.then !== null ? <Fold row={row} table={table} /> : null}
      {colour === undefined ? null : (
        <span className="flex h-5 items-center">
          <Swatch colour={colour} />
        </span>
      )}
      <span className="min-w-0">
        {href === undefined ? (
          row.label
        ) : (
          <Link href={href} className={`row-link mb-0 pb-0 ${parent === null ? 'font-[550]' : ''}`}>
            {row.label}
          </Link>
        )}
        {drill === null && budget === null ? null : (
          <span className="no-print flex flex-wrap gap-x-3 text-caption text-ink-3">
            {drill === null ? null : (
              <Link href={drill.href} className="inline-flex min-h-6 items-center hover:text-ink hover:underline">
                by {drill.into.label.toLowerCase()}
                <span className="sr-only">, only {row.label}</span>
              </Link>
            )}
            {budget === null ? null : (
              <Link href={budget} className="inline-flex min-h-6 items-center hover:text-ink hover:underline">
                add a budget<span className="sr-only"> of {row.label}</span>
              </Link>
            )}
          </span>
        )}
      </span>
    </span>
  )
}

/** Opens and closes what stands under a row, by address. */
function Fold({ row, table }: { row: SpendRow; table: Table }) {
  const { params, rows, isOpen } = table
  const isUnfolded = isOpen(row)
  const open = rows.filter((one) => isOpen(one) !== (one.id === row.id)).map(({ id }) => id)
  const Chevron = isUnfolded ? ChevronDown : ChevronRight
  if (row.children.length === 0) return <span className="w-6 shrink-0" />
  return (
    <Link
      href={hrefWith('/spend', params, { open })}
      replace
      scroll={false}
      aria-expanded={isUnfolded}
      role="button"
      className="-my-0.5 flex size-6 shrink-0 items-center justify-center rounded-control text-ink-3 hover:bg-hover hover:text-ink"
    >
      <Chevron size={14} strokeWidth={1.6} aria-hidden />
      <span className="sr-only">What {row.label} is made of</span>
    </Link>
  )
}

function FoldAll({ table }: { table: Table }) {
  const { rows, params, isOpen } = table
  const isAllOpen = rows.every((row) => row.children.length === 0 || isOpen(row))
  return (
    <Link
      className="control"
      href={hrefWith('/spend', params, { open: isAllOpen ? null : 'all' })}
      scroll={false}
      replace
    >
      {isAllOpen ? 'Fold all' : 'Unfold all'}
    </Link>
  )
}

/** What carries no name and what is not shown one by one, with what they are made of where that is open. */
function remaindersOf(table: Table): FixedRow[] {
  return table.rows
    .filter(({ kind }) => kind !== 'member')
    .flatMap((row) => [{ row, parent: null }, ...childrenOf(table, row)])
    .map((shown) => fixedRow(table, shown))
}

function fixedRow(table: Table, shown: Shown): FixedRow {
  const { row, parent } = shown
  const columns = columnsOf(table)
  const note = row.kind === 'without' && parent === null ? row.dimension.without.note : null
  return {
    id: row.id,
    tone: 'remainder',
    cells: {
      ...Object.fromEntries(columns.map(({ id, cell }): [string, ReactNode] => [id, cell(shown)])),
      name: (
        <span className="flex flex-wrap items-baseline gap-x-1">
          <Name shown={shown} table={table} />
          {note === null ? null : <span className="text-ink-3">· {note}</span>}
        </span>
      ),
    },
    csv: Object.fromEntries(columns.map(({ id, csv }): [string, CsvCell] => [id, csv?.(shown) ?? null])),
  }
}

function totalOf({ data, facts, view, basis, params, viewer }: Table): FixedRow {
  const { total } = data.spend
  const sum = sumLinks('/spend', params)
  const kept = tagsOfRow(view, []) ?? {}
  const isWhole = !isLimited(viewer)
  const label = view.kept.size > 0 ? 'This selection' : isWhole ? 'Fleet' : 'Your clients'
  const change =
    data.full == null || data.before == null
      ? null
      : { now: costOn(basis, data.full.total).amount, before: costOn(basis, data.before.total).amount }
  const ratio = ratioOf(change)
  const allocated = allocatedOf(facts, total.allocated).money
  return {
    id: 'total',
    tone: 'total',
    cells: {
      name: label,
      trend: null,
      direct: <Amount money={total.direct} sumHref={sum('direct', kept)} />,
      shared: <Amount money={total.chainShared} sumHref={sum('shared', kept)} />,
      allocated: <Amount money={allocated} reason={WAITING} sumHref={sum('allocated', kept)} />,
      cost: <Amount money={costOn(basis, total)} sumHref={sum('onBasis', kept)} />,
      share: isZero(costOn(basis, total).amount) ? '' : '100\u00a0%',
      difference: <Difference change={change} />,
      change: (
        <Percent
          change={change}
          whyHref={
            isWhole && view.kept.size === 0 ? hrefWith('/', { ...periodParams(params), why: 'cost' }) : undefined
          }
        />
      ),
    },
    csv: {
      name: label,
      direct: { number: total.direct.amount },
      shared: { number: total.chainShared.amount },
      allocated: allocated === null ? null : { number: allocated.amount },
      cost: { number: costOn(basis, total).amount },
      difference: change === null ? null : { number: differenceOf(change.now, change.before) },
      change: numberOr(ratio),
    },
  }
}

/** Which parts the cost column counts, and which money of the period is in no row. */
function whatIsIn({ facts, basis, view }: SpendTableProps, isFiltered: boolean): string {
  const counted = `Cost counts: ${basis.means.charAt(0).toLowerCase()}${basis.means.slice(1)}.`
  const pools = facts.unallocated
  const unsplit = isWaiting(facts) ? ' The pools of this period have not been split yet.' : ''
  const held = isZero(pools.amount) || isFiltered ? '' : ` In no row: ${moneyText(pools)} of pools that nobody bears.`
  const named = [view.by.id, ...(view.then === null ? [] : [view.then.id]), ...view.kept.keys()]
  const byOrigin = named.some((id) => id === 'provider' || id === 'resource' || id === 'kind')
  const unknown = byOrigin
    ? ' Shares of pools know no provider, resource or kind: they are without one, and in no selection of them.'
    : ''
  return `${counted}${unsplit}${held}${unknown}`
}
