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

/** What an agent would bear by each method, and what it bears today. */
export type MethodRow = Omit<ComparedRow, 'whatIf'>

const COLUMNS = {
  EQUAL: { share: 'equal', difference: 'equalDifference' },
  USAGE: { share: 'usage', difference: 'usageDifference' },
  REVENUE: { share: 'revenue', difference: 'revenueDifference' },
  OVERHEAD_RATE: { share: 'overheadRate', difference: 'overheadRateDifference' },
} as const satisfies Record<AllocationMethod, { share: keyof MethodRow; difference: keyof MethodRow }>

/** A method beside today's shares. */
export interface Other {
  method: AllocationMethod
  note: string
  of: (row: MethodRow) => MethodRow['equal']
  differenceOf: (row: MethodRow) => MethodRow['equal']
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

/** What is charged today: the heads of its columns, and what its check row says. */
export interface Today {
  name: string
  note: string
  badge: string
  /** What the shares add up to: `the pool`. */
  whole: string
  under: string
  unallocated: string
}

/** `Revenue would move £147.59 onto Research Agent and Coding Agent`, of the method that moves most. */
export function findingOf(others: readonly Other[], rows: readonly MethodRow[], currency: string): string {
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
  const today = {
    name: METHOD_NAMES[pool.method],
    note: methodNote(pool),
    badge: `today’s${version === null ? '' : `, v${version}`}`,
    whole: 'the pool',
    ...checkOf(pool, comparison),
  }
  return (
    <MethodsSideBySide
      heading={findingOf(others, rows, currency)}
      caption={`Four methods on the same inputs, frozen ${frozen}, ${currencySymbol(currency)}; difference to today’s shares`}
      {...{ today, rows, others, direct, colourOf, currency }}
    />
  )
}

interface Remains {
  underAbsorbed: { amount: string }
  unallocated: { amount: string }
}

/** What holds, or where nothing was run yet, what a run would give. */
export function checkOf(
  { run }: { run?: Remains | null },
  comparison: { methods: readonly (Remains & { column: string })[] },
): { under: string; unallocated: string } {
  const fresh = comparison.methods.find(({ column }) => column === 'current')
  return {
    under: run?.underAbsorbed.amount ?? fresh?.underAbsorbed.amount ?? '0',
    unallocated: run?.unallocated.amount ?? fresh?.unallocated.amount ?? '0',
  }
}

/** Today's shares and the other methods', as a matrix of differences and as a plain table. */
export function MethodsSideBySide({ heading, caption, ...shared }: MatrixProps & { heading: string; caption: string }) {
  return (
    <TabbedCard
      label="Methods side by side"
      heading={heading}
      caption={caption}
      tabs={[
        { id: 'chart', label: 'Chart', content: <Matrix {...shared} /> },
        { id: 'table', label: 'Table', content: <PlainTable {...shared} /> },
      ]}
    />
  )
}

interface MatrixProps {
  today: Today
  rows: readonly MethodRow[]
  others: readonly Other[]
  direct: MethodsCardProps['direct']
  colourOf: ColourOf
  currency: string
}

function Matrix({ today, rows, others, direct, colourOf, currency }: MatrixProps) {
  const symbol = currencySymbol(currency)
  const sum = (of: (row: MethodRow) => { amount: string }) => sumOf(rows.map((row) => of(row).amount))
  const money = (amount: string) => ({ amount, currency })
  const currentSum = sum((row) => row.current)
  const most = Math.max(
    0,
    ...rows.flatMap((row) => others.map((other) => Math.abs(pixelsOf(other.differenceOf(row).amount)))),
  )
  const { name } = today
  // Four methods beside today's leave no room for what each agent costs by itself.
  const isWide = others.length < 4
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
            {isWide ? (
              <th role="columnheader" scope="col" rowSpan={2} className="!text-right max-[1340px]:hidden">
                Direct, {symbol}
              </th>
            ) : null}
            <th role="columnheader" scope="colgroup" colSpan={2} data-current="">
              <span className="font-[550] text-ink">{name}</span>, {today.note}{' '}
              <span className="ml-1 inline-flex h-5 items-center rounded-badge bg-surface px-1.5 text-badge font-medium whitespace-nowrap text-accent-ink">
                {today.badge}
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
                {isWide ? (
                  <Cell label={`Direct, ${symbol}`} isWideOnly>
                    <Amount money={direct.get(row.agent.key) ?? money('0')} />
                  </Cell>
                ) : null}
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
            {isWide ? (
              <Cell label={`Direct, ${symbol}`} isWideOnly>
                <Amount money={money(sumOf(rows.map((row) => direct.get(row.agent.key)?.amount ?? '0')))} />
              </Cell>
            ) : null}
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
            {isWide ? <td role="cell" data-empty="" className="max-[1340px]:hidden" /> : null}
            <td role="cell" colSpan={2} data-current="" data-label={`${name}, Σ check`} className="right">
              <SumCheck {...today} currency={currency} />
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
                <SumCheck {...other} whole={today.whole} currency={currency} />
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
  row: MethodRow
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
  sum: (of: (row: MethodRow) => { amount: string }) => string
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
function SumCheck({
  whole,
  under,
  unallocated,
  currency,
}: {
  whole: string
  under: string
  unallocated: string
  currency: string
}) {
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
        ? `equals ${whole}`
        : `equals ${whole}, ${amountText({ amount: unallocated, currency })} held`}
    </Badge>
  )
}

function PlainTable({ today, rows, others, direct, currency }: MatrixProps) {
  const symbol = currencySymbol(currency)
  const money = (amount: string) => ({ amount, currency })
  const sum = (of: (row: MethodRow) => { amount: string }) => money(sumOf(rows.map((row) => of(row).amount)))
  return (
    <MiniTable
      label="Shares by method"
      maxHeight={640}
      heads={[
        { label: 'Agent' },
        { label: `Direct, ${symbol}`, isNumber: true },
        { label: `${today.name}, today’s`, isNumber: true, isMain: true },
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
