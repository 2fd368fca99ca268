import { Check, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { DifferenceBar } from '../../../../../components/chart/difference-bar.tsx'
import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Swatch } from '../../../../../components/ui/swatch.tsx'
import { TabbedCard } from '../../../../../components/ui/tabs.tsx'
import type { AllocationMethod } from '../../../../../generated/graphql.ts'
import { absorptionWord, METHOD_NAMES, methodNote } from '../../../../../lib/allocation.ts'
import type { ColourOf } from '../../../../../lib/colours.ts'
import {
  amountText,
  compareDecimals,
  currencySymbol,
  exactText,
  isZero,
  moneyText,
  percentText,
  pixelsOf,
  shareOf,
  signedAmountText,
  sumOf,
} from '../../../../../lib/format.ts'
import { movedBy, namesText } from '../../../../../lib/share-arithmetic.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import type { PoolDetail } from './pool-detail.ts'
import type { ComparedRow, Comparison } from './ways-to-split.tsx'

interface MethodsCardProps {
  pool: PoolDetail
  comparison: Comparison
  /** Of the policy in force. */
  version: number | null
  direct: ReadonlyMap<string, { amount: string; currency: string }>
  colourOf: ColourOf
  tenant: Tenant
}

const COLUMNS = {
  EQUAL: { share: 'equal', difference: 'equalDifference' },
  USAGE: { share: 'usage', difference: 'usageDifference' },
  REVENUE: { share: 'revenue', difference: 'revenueDifference' },
  OVERHEAD_RATE: { share: 'overheadRate', difference: 'overheadRateDifference' },
} as const satisfies Record<AllocationMethod, { share: keyof ComparedRow; difference: keyof ComparedRow }>

interface Other {
  method: AllocationMethod
  note: string
  of: (row: ComparedRow) => ComparedRow['equal']
  differenceOf: (row: ComparedRow) => ComparedRow['equal']
  under: string
  unallocated: string
}

/** The methods that are not today's, in their order, with how each splits. */
function othersOf(pool: PoolDetail, comparison: Comparison): Other[] {
  return comparison.methods
    .filter(({ column, method }) => column === COLUMNS[method].share && method !== pool.method)
    .map(({ method, basis, underAbsorbed, unallocated }) => ({
      method,
      note: methodNote({ method, basis }),
      of: (row) => row[COLUMNS[method].share],
      differenceOf: (row) => row[COLUMNS[method].difference],
      under: underAbsorbed.amount,
      unallocated: unallocated.amount,
    }))
}

/** `Revenue would move £147.59 onto Research Agent and Coding Agent`, of the method that moves most. */
function findingOf(others: readonly Other[], rows: readonly ComparedRow[], currency: string): string {
  // An overhead rate moves nothing from one to another: it charges what it charges, and its check row says how much too much.
  const moves = others
    .filter(({ method }) => method !== 'OVERHEAD_RATE')
    .map((other) => ({
      other,
      moved: movedBy(rows.map((row) => ({ name: row.agent.name, difference: other.differenceOf(row).amount }))),
    }))
    .filter((one) => one.moved !== null)
    .sort((a, b) => compareDecimals(b.moved?.amount ?? '0', a.moved?.amount ?? '0'))
  const [most] = moves
  if (most?.moved == null) return 'Every method gives the same shares'
  const { moved } = most
  const onto = moved.onto.length > 0
  return `${METHOD_NAMES[most.other.method]} would move ${moneyText({ amount: moved.amount, currency })} ${onto ? 'onto' : 'off'} ${namesText(onto ? moved.onto : moved.off)}`
}

/** The four methods on the same frozen inputs: who gains and who pays. */
export function MethodsCard({ pool, comparison, version, direct, colourOf, tenant }: MethodsCardProps) {
  const rows = [...comparison.rows].sort((a, b) => compareDecimals(b.current.amount, a.current.amount))
  const currency = rows[0]?.current.currency ?? tenant.currency
  const others = othersOf(pool, comparison)
  const frozen = momentText(comparison.snapshot, tenant.timeZone)
  const shared = { pool, rows, others, version, direct, colourOf, currency, comparison }
  return (
    <TabbedCard
      label="Methods side by side"
      heading={findingOf(others, rows, currency)}
      caption={`Four methods on the same inputs, frozen ${frozen}, ${currencySymbol(currency)}; difference to today’s shares`}
      tabs={[
        { id: 'chart', label: 'Chart', content: <Matrix {...shared} /> },
        { id: 'table', label: 'Table', content: <PlainTable {...shared} /> },
      ]}
    />
  )
}

interface MatrixProps {
  pool: PoolDetail
  comparison: Comparison
  rows: readonly ComparedRow[]
  others: readonly Other[]
  version: number | null
  direct: MethodsCardProps['direct']
  colourOf: ColourOf
  currency: string
}

function Matrix({ pool, rows, others, version, direct, colourOf, currency, comparison }: MatrixProps) {
  const symbol = currencySymbol(currency)
  const sum = (of: (row: ComparedRow) => { amount: string }) => sumOf(rows.map((row) => of(row).amount))
  const money = (amount: string) => ({ amount, currency })
  const currentSum = sum((row) => row.current)
  const most = Math.max(
    0,
    ...rows.flatMap((row) => others.map((other) => Math.abs(pixelsOf(other.differenceOf(row).amount)))),
  )
  const name = METHOD_NAMES[pool.method]
  return (
    <div
      className="relative overflow-x-auto pt-2"
      tabIndex={0}
      role="region"
      aria-label="Shares by method, with differences"
    >
      <table className="table table-reflow method-matrix" role="table">
        <thead role="rowgroup" data-plain="">
          <tr role="row">
            <th role="columnheader" scope="col" rowSpan={2}>
              Agent
            </th>
            <th role="columnheader" scope="col" rowSpan={2} className="!text-right max-[1340px]:hidden">
              Direct, {symbol}
            </th>
            <th role="columnheader" scope="colgroup" colSpan={2} data-current="">
              <span className="font-[550] text-ink">{name}</span>, {methodNote(pool)}{' '}
              <span className="ml-1 inline-flex h-5 items-center rounded-badge bg-surface px-1.5 text-badge font-medium whitespace-nowrap text-accent-ink">
                today’s{version === null ? '' : `, v${version}`}
              </span>
            </th>
            {others.map((other) => (
              <th key={other.method} role="columnheader" scope="colgroup" colSpan={3} data-group="">
                <span className="font-[550] text-ink">{METHOD_NAMES[other.method]}</span>, {other.note}
              </th>
            ))}
          </tr>
          <tr role="row">
            <th role="columnheader" scope="col" data-current="" className="!text-right">
              Share
            </th>
            <th role="columnheader" scope="col" data-current="" className="!text-right">
              {symbol}
            </th>
            {others.map((other) => (
              <OtherHeads key={other.method} name={METHOD_NAMES[other.method]} symbol={symbol} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => {
            const share = shareOf(row.current.amount, currentSum)
            return (
              <tr key={row.agent.key} role="row">
                <th role="rowheader" scope="row">
                  <span className="inline-flex items-center gap-2 sm:whitespace-nowrap">
                    <Swatch colour={colourOf(row.agent.key)} />
                    {row.agent.name}
                  </span>
                </th>
                <Cell label={`Direct, ${symbol}`} isWideOnly>
                  <Amount money={direct.get(row.agent.key) ?? money('0')} />
                </Cell>
                <Cell label={`${name}, share`} isCurrent>
                  {share === null ? '0' : percentText(share, 2)}
                </Cell>
                <Cell label={`${name}, ${symbol}, today’s`} isCurrent isMain>
                  <Amount money={row.current} className="font-[550]" />
                </Cell>
                {others.map((other) => (
                  <OtherCells key={other.method} other={other} row={row} most={most} symbol={symbol} />
                ))}
              </tr>
            )
          })}
          <tr role="row" className="total">
            <th role="rowheader" scope="row">
              Σ shares
            </th>
            <Cell label={`Direct, ${symbol}`} isWideOnly>
              <Amount money={money(sumOf(rows.map((row) => direct.get(row.agent.key)?.amount ?? '0')))} />
            </Cell>
            <Cell label={`${name}, share`} isCurrent>
              {isZero(currentSum) ? '0' : '100\u00a0%'}
            </Cell>
            <Cell label={`${name}, ${symbol}, today’s`} isCurrent isMain>
              <Amount money={money(currentSum)} />
            </Cell>
            {others.map((other) => (
              <SumCells key={other.method} other={other} sum={sum} symbol={symbol} currency={currency} />
            ))}
          </tr>
          <tr role="row">
            <th role="rowheader" scope="row">
              Σ check
            </th>
            <td role="cell" data-empty="" className="max-[1340px]:hidden" />
            <td role="cell" colSpan={2} data-current="" data-label={`${name}, Σ check`} className="right">
              <CurrentCheck pool={pool} comparison={comparison} currency={currency} />
            </td>
            {others.map((other) => (
              <td
                key={other.method}
                role="cell"
                colSpan={3}
                data-group=""
                data-label={`${METHOD_NAMES[other.method]}, Σ check`}
                className="right"
              >
                <SumCheck under={other.under} unallocated={other.unallocated} currency={currency} />
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}

interface CellProps {
  label: string
  isCurrent?: boolean
  isGroup?: boolean
  isMain?: boolean
  /** Left out where the four methods need the room; on a phone every value has its own line. */
  isWideOnly?: boolean
  children: ReactNode
}

function Cell({ label, isCurrent, isGroup, isMain, isWideOnly, children }: CellProps) {
  return (
    <td
      role="cell"
      className={`right ${isWideOnly ? 'sm:max-[1340px]:hidden' : ''}`}
      data-label={label}
      data-current={isCurrent ? '' : undefined}
      data-group={isGroup ? '' : undefined}
      data-main={isMain ? '' : undefined}
    >
      {children}
    </td>
  )
}

function OtherHeads({ name, symbol }: { name: string; symbol: string }) {
  return (
    <>
      <th role="columnheader" scope="col" data-group="" className="!text-right">
        <span className="sr-only">{name}, </span>
        {symbol}
      </th>
      <th role="columnheader" scope="col" className="!text-right">
        <span className="sr-only">{name}, </span>Diff., {symbol}
      </th>
      <th role="columnheader" scope="col">
        <span className="sr-only">{name}, difference drawn</span>
      </th>
    </>
  )
}

interface OtherCellsProps {
  other: Other
  row: ComparedRow
  most: number
  symbol: string
}

function OtherCells({ other, row, most, symbol }: OtherCellsProps) {
  const name = METHOD_NAMES[other.method]
  const difference = other.differenceOf(row)
  return (
    <>
      <Cell label={`${name}, ${symbol}`} isGroup>
        <Amount money={other.of(row)} />
      </Cell>
      <Cell label={`${name}, difference, ${symbol}`}>
        <span title={exactText(difference)} className="text-ink-2">
          {signedAmountText(difference)}
        </span>
      </Cell>
      <td role="cell" data-label={`${name}, drawn`} className="max-sm:!hidden">
        <DifferenceBar amount={difference.amount} most={most} className="w-12" />
      </td>
    </>
  )
}

interface SumCellsProps {
  other: Other
  sum: (of: (row: ComparedRow) => { amount: string }) => string
  symbol: string
  currency: string
}

function SumCells({ other, sum, symbol, currency }: SumCellsProps) {
  const name = METHOD_NAMES[other.method]
  return (
    <>
      <Cell label={`${name}, ${symbol}`} isGroup>
        <Amount money={{ amount: sum(other.of), currency }} />
      </Cell>
      <Cell label={`${name}, difference, ${symbol}`}>
        {signedAmountText({ amount: sum(other.differenceOf), currency })}
      </Cell>
      <td role="cell" data-empty="" />
    </>
  )
}

/** Green when shares and what is held come to the pool; amber naming what an overhead rate absorbs too much or too little. */
function SumCheck({ under, unallocated, currency }: { under: string; unallocated: string; currency: string }) {
  const word = absorptionWord(under)
  if (word !== null) {
    return (
      <Badge tone="warn" Icon={TriangleAlert}>
        {amountText({ amount: under.replace(/^-/, ''), currency })} {word}
      </Badge>
    )
  }
  return (
    <Badge tone="ok" Icon={Check}>
      {isZero(unallocated)
        ? 'equals the pool'
        : `equals the pool, ${amountText({ amount: unallocated, currency })} held`}
    </Badge>
  )
}

function CurrentCheck({ pool, comparison, currency }: { pool: PoolDetail; comparison: Comparison; currency: string }) {
  const { run } = pool
  const fresh = comparison.methods.find(({ column }) => column === 'current')
  const under = run?.underAbsorbed.amount ?? fresh?.underAbsorbed.amount ?? '0'
  const unallocated = run?.unallocated.amount ?? fresh?.unallocated.amount ?? '0'
  return <SumCheck under={under} unallocated={unallocated} currency={currency} />
}

function PlainTable({ pool, rows, others, direct, currency }: MatrixProps) {
  const symbol = currencySymbol(currency)
  const money = (amount: string) => ({ amount, currency })
  const sum = (of: (row: ComparedRow) => { amount: string }) => money(sumOf(rows.map((row) => of(row).amount)))
  return (
    <MiniTable
      label="Shares by method"
      maxHeight={640}
      heads={[
        { label: 'Agent' },
        { label: `Direct, ${symbol}`, isNumber: true },
        { label: `${METHOD_NAMES[pool.method]}, today’s`, isNumber: true, isMain: true },
        ...others.flatMap(({ method }) => [
          { label: METHOD_NAMES[method], isNumber: true },
          { label: `${METHOD_NAMES[method]}, difference`, isNumber: true },
        ]),
      ]}
      rows={[
        ...rows.map((row) => ({
          id: row.agent.key,
          cells: [
            row.agent.name,
            <Amount key="direct" money={direct.get(row.agent.key) ?? money('0')} />,
            <Amount key="current" money={row.current} />,
            ...others.flatMap((other) => [
              <Amount key={other.method} money={other.of(row)} />,
              <span key={`${other.method} difference`} title={exactText(other.differenceOf(row))}>
                {signedAmountText(other.differenceOf(row))}
              </span>,
            ]),
          ],
        })),
        {
          id: 'total',
          tone: 'total' as const,
          cells: [
            'Σ shares',
            <Amount key="direct" money={money(sumOf(rows.map((row) => direct.get(row.agent.key)?.amount ?? '0')))} />,
            <Amount key="current" money={sum((row) => row.current)} />,
            ...others.flatMap((other) => [
              <Amount key={other.method} money={sum(other.of)} />,
              signedAmountText(sum(other.differenceOf)),
            ]),
          ],
        },
      ]}
    />
  )
}
