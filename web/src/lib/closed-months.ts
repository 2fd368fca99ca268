import { graphql } from '../generated/gql.ts'
import type { PeriodState } from '../generated/graphql.ts'
import { monthParam, monthText } from './months.ts'
import type { DateRange } from './period.ts'

/** Which months are closed or about to be; every page about a period says so. */
graphql(`
  fragment ClosedMonths on Query {
    periods(first: 36) {
      month
      state
      edition
    }
  }
`)

export interface MonthState {
  month: string
  state: PeriodState
  edition: number
}

/** The months of a range that are not open any more, the latest first. */
export function closedMonthsIn(months: readonly MonthState[], range: DateRange): MonthState[] {
  return months.filter(
    ({ month, state }) => state !== 'OPEN' && month < range.to && month.slice(0, 7) >= range.from.slice(0, 7),
  )
}

/** `/allocation/close/2026-10`. */
export function closeHref(month: string): string {
  return `/allocation/close/${monthParam(month)}`
}

/**
 * What the line of truth says of them, and where it leads. One month is named with its state, several are counted.
 *
 *     closedText([{ month: '2026-10-01', state: 'CLOSED', edition: 1 }]) // 'October 2026 closed, edition 1'
 */
export function closedText(months: readonly MonthState[]): { text: string; href: string } | null {
  const [only] = months
  if (only === undefined) return null
  if (months.length === 1) return { text: `${monthText(only.month)} ${stateText(only)}`, href: closeHref(only.month) }
  const closed = months.filter(({ state }) => state === 'CLOSED').length
  const soft = months.length - closed
  const parts = [closed === 0 ? null : `${closed} closed`, soft === 0 ? null : `${soft} soft-closed`]
  return { text: `${parts.filter(Boolean).join(', ')} months`, href: '/allocation/close' }
}

function stateText({ state, edition }: MonthState): string {
  return state === 'CLOSED' ? `closed, edition ${edition}` : 'soft-closed'
}
