import { DataTable, type Column, type FixedRow } from '../../../components/table/data-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Link } from '../../../components/ui/link.tsx'
import {
  CATEGORY_NAMES,
  METHOD_NAMES,
  methodNote,
  poolSums,
  totalOfPools,
  versionToShow,
} from '../../../lib/allocation.ts'
import { dateText } from '../../../lib/calendar.ts'
import {
  amountText,
  codeMoneyText,
  changeRatio,
  changeText,
  countText,
  currencySymbol,
  exactText,
  isZero,
  signedAmountText,
  sumOf,
} from '../../../lib/format.ts'
import { addMonths, monthName, monthParam, monthText, shortMonthText } from '../../../lib/months.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { CheckBadge, FallbackBadge, PolicyBadge, RunBadge } from './pool-badges.tsx'
import type { Pool } from './pool-facts.ts'

interface PoolTableProps {
  pools: readonly Pool[]
  /** By name: what the pool came to in the month before, in the reporting currency. */
  before: ReadonlyMap<string, string>
  month: string
  currency: string
  params: SearchParams
}

/** The month's pools: what each comes to, how it is split, where its money is, and one row that adds up. */
export function PoolTable({ pools, before, month, currency, params }: PoolTableProps) {
  return (
    <DataTable
      label={`Pools of ${monthText(month)}`}
      noun="pools"
      path="/allocation"
      params={params}
      rows={pools}
      columns={columnsOf(pools, before, currency)}
      rowKey={(pool) => pool.id}
      filterText={(pool) => `${pool.name} ${CATEGORY_NAMES[pool.category]} ${METHOD_NAMES[pool.method]}`}
      defaultSort={{ column: 'amount', direction: 'desc' }}
      fixedRows={fixedRowsOf(pools, currency)}
      csvName={`pools ${monthParam(month)}`}
      exportOf={{ kind: 'pools', words: 'Pools of all months', range: null, filters: [] }}
    />
  )
}

function columnsOf(pools: readonly Pool[], before: ReadonlyMap<string, string>, currency: string): Column<Pool>[] {
  const symbol = currencySymbol(currency)
  const sums = pools.map(poolSums)
  const hasFeeds = sums.some((one) => one !== null && !isZero(one.net))
  const hasUnder = sums.some((one) => one !== null && !isZero(one.under))
  const amount = (id: 'allocated' | 'unallocated', label: string): Column<Pool> => ({
    id,
    label: `${label}, ${symbol}`,
    isNumber: true,
    cell: (pool) => {
      const value = poolSums(pool)?.[id]
      const idle =
        id === 'unallocated' && pool.run?.idle != null && !isZero(pool.run.idle.amount) ? pool.run.idle : null
      return (
        <span>
          <Amount money={value === undefined ? null : { amount: value, currency }} reason={NO_RATE} />
          {idle === null ? null : <span className="block text-caption text-ink-3">{amountText(idle)} idle</span>}
        </span>
      )
    },
    sort: (pool) => decimalOf(poolSums(pool)?.[id]),
    csv: (pool) => numberOf(poolSums(pool)?.[id]),
  })
  const signed = (id: 'net' | 'under', label: string): Column<Pool> => ({
    id,
    label: `${label}, ${symbol}`,
    isNumber: true,
    cell: (pool) => {
      const value = poolSums(pool)?.[id]
      if (value === undefined || isZero(value)) return null
      const money = { amount: value, currency }
      return <span title={exactText(money)}>{signedAmountText(money)}</span>
    },
    sort: (pool) => decimalOf(poolSums(pool)?.[id]),
    csv: (pool) => numberOf(poolSums(pool)?.[id]),
  })
  return [
    {
      id: 'pool',
      label: 'Pool',
      cell: (pool) => (
        <span className="block min-w-28">
          <Link href={poolHref(pool)} className="row-link font-[550]">
            {pool.name}
          </Link>
          <span className="block text-caption text-ink-3">
            {CATEGORY_NAMES[pool.category]}
            {pool.resource == null ? '' : `, uses of ${pool.resource.name}`}
            {pool.recurrence === 'MONTHLY' ? ', monthly' : ''}
          </span>
        </span>
      ),
      sort: (pool) => ({ text: pool.name }),
      csv: (pool) => pool.name,
    },
    {
      id: 'method',
      label: 'Method',
      cell: (pool) => (
        <span>
          {METHOD_NAMES[pool.method]}
          <span className="block text-caption text-ink-3 sm:whitespace-nowrap">{methodNote(pool)}</span>
        </span>
      ),
      sort: (pool) => ({ text: METHOD_NAMES[pool.method] }),
      csv: (pool) => `${METHOD_NAMES[pool.method]}, ${methodNote(pool)}`,
    },
    {
      id: 'policy',
      label: 'Policy',
      cell: (pool) => <PolicyCell pool={pool} />,
      sort: (pool) => decimalOf(String(versionToShow(pool.policies, pool.month)?.version ?? 0)),
      csv: (pool) => {
        const version = versionToShow(pool.policies, pool.month)
        return version === null ? null : `v${version.version} ${version.state.toLowerCase()}`
      },
    },
    {
      id: 'amount',
      label: `Amount, ${symbol}`,
      isNumber: true,
      isMain: true,
      cell: (pool) => <PoolAmount pool={pool} before={before.get(pool.name)} currency={currency} />,
      sort: (pool) => decimalOf(pool.amountConverted?.amount),
      csv: (pool) => numberOf(pool.amountConverted?.amount),
    },
    ...(hasFeeds ? [signed('net', 'Between pools')] : []),
    amount('allocated', 'Allocated'),
    amount('unallocated', 'Unallocated'),
    ...(hasUnder ? [signed('under', 'Under-absorbed')] : []),
    {
      id: 'check',
      label: 'Σ\u00a0check',
      cell: (pool) => (
        <span className="inline-flex flex-wrap gap-1 max-sm:justify-end">
          {pool.run == null ? null : <CheckBadge run={pool.run} />}
          {pool.run == null || pool.run.isStale ? <RunBadge pool={pool} /> : null}
          {pool.run == null ? null : <FallbackBadge run={pool.run} />}
        </span>
      ),
      csv: (pool) =>
        pool.run == null
          ? 'not run'
          : `${pool.run.check.balanced ? 'equals the pool' : 'differs from the pool'}${pool.run.isStale ? ', out of date' : ''}`,
    },
  ]
}

const NO_RATE = 'Without an exchange rate it has no amount in the reporting currency'

function decimalOf(text: string | undefined): { decimal: string } | null {
  return text === undefined ? null : { decimal: text }
}

function numberOf(text: string | undefined): { number: string } | null {
  return text === undefined ? null : { number: text }
}

export function poolHref(pool: { id: string; month: string }): string {
  return hrefWith(`/allocation/pools/${encodeURIComponent(pool.id)}`, {}, { month: monthParam(pool.month) })
}

function PolicyCell({ pool }: { pool: Pool }) {
  const version = versionToShow(pool.policies, pool.month)
  if (version === null) return null
  const href = hrefWith(
    `/allocation/pools/${encodeURIComponent(pool.id)}/policy`,
    {},
    { month: monthParam(pool.month) },
  )
  return (
    <span>
      <Link href={href} className="row-link gap-1.5 whitespace-nowrap">
        v{version.version} <PolicyBadge state={version.state} />
        <span className="sr-only"> policy of {pool.name}</span>
      </Link>
      <span className={`block text-caption sm:whitespace-nowrap ${version.isReviewDue ? 'text-warn' : 'text-ink-3'}`}>
        {version.isReviewDue ? 'review was due' : 'review'} {dateText(version.reviewDueOn, { year: true })}
      </span>
    </span>
  )
}

function PoolAmount({ pool, before, currency }: { pool: Pool; before: string | undefined; currency: string }) {
  const isForeign = pool.amount.currency !== currency
  const ratio =
    before === undefined || pool.amountConverted == null ? null : changeRatio(pool.amountConverted.amount, before)
  return (
    <span>
      <Amount money={pool.amountConverted} reason={NO_RATE} className="font-[550]" />
      {isForeign || ratio !== null ? (
        <span className="block text-caption text-ink-3">
          {isForeign
            ? codeMoneyText(pool.amount)
            : ratio === null
              ? ''
              : `${changeText(ratio)}${changeText(ratio) === '0' ? '' : '\u00a0%'} on ${monthName(addMonths(pool.month, -1)).slice(0, 3)}`}
        </span>
      ) : null}
    </span>
  )
}

function fixedRowsOf(pools: readonly Pool[], currency: string): FixedRow[] {
  if (pools.length === 0) return []
  const total = totalOfPools(pools)
  const money = (amount: string) => ({ amount, currency })
  const unconverted = pools.filter((pool) => pool.amountConverted == null)
  const known = pools.length - unconverted.length
  return [
    {
      id: 'pools-total',
      tone: 'total',
      cells: {
        pool: known === 1 ? '1 pool' : `${countText(known)} pools`,
        method: null,
        policy: null,
        amount: <Amount money={money(total.amount)} />,
        net: isZero(total.net) ? '0' : signedAmountText(money(total.net)),
        allocated: <Amount money={money(total.allocated)} />,
        unallocated: <Amount money={money(total.unallocated)} />,
        under: isZero(total.under) ? '0' : signedAmountText(money(total.under)),
        check: null,
      },
      csv: {
        pool: 'Total',
        amount: { number: total.amount },
        net: { number: total.net },
        allocated: { number: total.allocated },
        unallocated: { number: total.unallocated },
        under: { number: total.under },
      },
    },
    ...unconvertedRows(unconverted),
  ]
}

/** Pools whose amount nobody knows in the reporting currency, by their own: in no sum above, and never zero. */
function unconvertedRows(pools: readonly Pool[]): FixedRow[] {
  const currencies = [...new Set(pools.map((pool) => pool.amount.currency))].sort(compareText)
  return currencies.map((currency) => {
    const own = pools.filter((pool) => pool.amount.currency === currency)
    const amount = { amount: sumOf(own.map((pool) => pool.amount.amount)), currency }
    const month = own[0]?.month ?? ''
    return {
      id: `unconverted-${currency}`,
      tone: 'remainder',
      cells: {
        pool: (
          <>
            Not converted{' '}
            <span className="text-ink-3">
              · no {currency} rate on the last day of {shortMonthText(month)}
            </span>
          </>
        ),
        amount: <span title={exactText(amount)}>{codeMoneyText(amount)}</span>,
        net: null,
        allocated: null,
        unallocated: null,
        under: null,
        check: null,
      },
      csv: { pool: `Not converted, ${currency}`, amount: null },
    }
  })
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : 1
}
