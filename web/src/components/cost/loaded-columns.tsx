import type { Money } from '@outlay/domain/money/currency'
import type { ReactNode } from 'react'
import type { FleetPoolsFragment } from '../../generated/graphql.ts'
import type { CsvCell } from '../../lib/csv.ts'
import { currencySymbol, sumOf } from '../../lib/format.ts'
import { allocatedOf, hasPools, isSplit, isWaiting, WAITING } from '../../lib/fleet-pools.ts'
import type { SumOf } from '../../lib/sum.ts'
import type { Column } from '../table/data-table.tsx'
import { Amount } from '../ui/amount.tsx'

interface LoadedCost {
  allocated: Money
  total: Money
}

interface LoadedColumnsProps<Row> {
  facts: FleetPoolsFragment
  costOf: (row: Row) => LoadedCost
  /** What the sum of the parts is called. */
  totalLabel: string
  /** Where the arithmetic of a row's amounts is. */
  sumOf?: SumOfRow<Row> | undefined
}

/** Where the arithmetic of an amount of a row is; undefined for a row that has none of its own. */
export type SumOfRow<Row> = (what: SumOf, row: Row) => string | undefined

/**
 * What is allocated to a row, and its cost with that. Where a period has no pools both say nothing that the other columns do not, so they
 * are there for whoever asks for them; where its pools are not split yet, what a row bears is not known.
 */
export function loadedColumns<Row>({
  facts,
  costOf,
  totalLabel,
  sumOf: hrefOf,
}: LoadedColumnsProps<Row>): Column<Row>[] {
  const isKnown = isSplit(facts)
  const symbol = currencySymbol(facts.unallocated.currency)
  return [
    allocatedColumn({ facts, costOf, sumOf: hrefOf }),
    {
      id: 'loaded',
      label: `${totalLabel}, ${symbol}`,
      isNumber: true,
      isMain: isKnown,
      isExtra: !isKnown,
      cell: (row) => (
        <Amount
          money={isWaiting(facts) ? null : costOf(row).total}
          reason={WAITING}
          sumHref={hrefOf?.('cost', row)}
          className="font-[550]"
        />
      ),
      sort: (row) => ({ decimal: costOf(row).total.amount }),
      csv: (row) => (isWaiting(facts) ? null : { number: costOf(row).total.amount }),
    },
  ]
}

/** What is allocated to a row, for a table whose cost column is the total anyway. */
export function allocatedColumn<Row>({
  facts,
  costOf,
  sumOf: hrefOf,
}: {
  facts: FleetPoolsFragment
  costOf: (row: Row) => { allocated: Money }
  sumOf?: SumOfRow<Row> | undefined
}): Column<Row> {
  const isKnown = (row: Row) => allocatedOf(facts, costOf(row).allocated).money !== null
  return {
    id: 'allocated',
    label: `Allocated, ${currencySymbol(facts.unallocated.currency)}`,
    isNumber: true,
    isExtra: !hasPools(facts),
    cell: (row) => <Amount {...allocatedOf(facts, costOf(row).allocated)} sumHref={hrefOf?.('allocated', row)} />,
    sort: (row) => (isKnown(row) ? { decimal: costOf(row).allocated.amount } : null),
    csv: (row) => (isKnown(row) ? { number: costOf(row).allocated.amount } : null),
  }
}

/** The cells of a fixed row under Direct, Allocated and Fully loaded; `allocated` is null where it is not known yet. */
export function loadedCells(
  direct: Money,
  allocated: Money | null,
): { cells: Record<string, ReactNode>; csv: Record<string, CsvCell> } {
  const total = allocated === null ? null : { ...direct, amount: sumOf([direct.amount, allocated.amount]) }
  return {
    cells: {
      direct: <Amount money={direct} />,
      allocated: <Amount money={allocated} reason={WAITING} />,
      loaded: <Amount money={total} reason={WAITING} />,
    },
    csv: {
      direct: { number: direct.amount },
      allocated: allocated === null ? null : { number: allocated.amount },
      loaded: total === null ? null : { number: total.amount },
    },
  }
}

/** The name of pool money that no agent bears; below zero when agents were charged more than the pools cost. */
export function unallocatedRow({ amount }: Money): { id: string; name: string; note: string } {
  return amount.startsWith('-')
    ? { id: 'unallocated', name: 'Over-absorbed', note: 'charged beyond the pools' }
    : { id: 'unallocated', name: 'Unallocated', note: 'pools, borne by no agent' }
}
