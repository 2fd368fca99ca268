import { FIXED18_SCALE, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { parseScaledDecimal } from '@outlay/domain/money/scaled-decimal'
import { QUANTITY6_SCALE, type Quantity6 } from '@outlay/domain/usage/quantity'

/** What a set of rollup cells adds up to, and the shares of cost pools beside it. */
export interface CellSums {
  direct: Fixed18
  shared: Fixed18
  /** Not in the cells: read-allocated.ts adds it. 0 where it has not been. */
  allocated: Fixed18
  invocations: bigint
  tokens: Quantity6
  unpriced: bigint
  unconverted: bigint
}

/** The same as Postgres answers it: numbers as text, because no float may hold them. */
export interface CellSumsRow {
  direct: string
  shared: string
  invocations: string
  tokens: string
  unpriced: string
  unconverted: string
}

/** The select list of a sum over cells of alias `c`. */
export const CELL_SUMS = `coalesce(sum(c.cost_direct), 0)::text AS direct, coalesce(sum(c.cost_shared), 0)::text AS shared,
  coalesce(sum(c.invocations), 0)::text AS invocations, coalesce(sum(c.tokens), 0)::text AS tokens,
  coalesce(sum(c.unpriced), 0)::text AS unpriced, coalesce(sum(c.unconverted), 0)::text AS unconverted`

/** The select list of one cell of alias `c` by itself. */
export const CELL_VALUES = `c.cost_direct::text AS direct, c.cost_shared::text AS shared, c.invocations::text AS invocations,
  c.tokens::text AS tokens, c.unpriced::text AS unpriced, c.unconverted::text AS unconverted`

/**
 * Whether a cell still counts anything. What was taken away again (a wrapper whose first leaf arrived, a shared use whose task changed
 * its client) leaves an empty cell behind, and an empty cell must not make a row. A cell without invocations may hold money: the
 * difference that a re-rating of a closed month posts.
 */
export function isCounted(cell: string): string {
  const measures = ['cost_direct', 'cost_shared', 'tokens', 'unpriced', 'unconverted']
  return `(${cell}.invocations <> 0 OR ${measures.map((measure) => `${cell}.${measure} <> 0`).join(' OR ')})`
}

/** The same for a cell of alias `c`. */
export const IS_COUNTED = isCounted('c')

/** An instant as RFC 3339 text: a Date of JavaScript would lose the microseconds. */
export function instantText(expression: string): string {
  return `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

const SUM_OF_QUANTITIES = {
  what: 'sum of tokens',
  decimals: QUANTITY6_SCALE,
  integerDigits: 40,
  allowNegative: true,
} as const

export function cellSums(row: CellSumsRow): CellSums {
  return {
    direct: wholeScale(row.direct, FIXED18_SCALE) ?? parseFixed18(row.direct),
    shared: wholeScale(row.shared, FIXED18_SCALE) ?? parseFixed18(row.shared),
    allocated: 0n,
    invocations: BigInt(row.invocations),
    tokens: wholeScale(row.tokens, QUANTITY6_SCALE) ?? parseScaledDecimal(row.tokens, SUM_OF_QUANTITIES),
    unpriced: BigInt(row.unpriced),
    unconverted: BigInt(row.unconverted),
  }
}

/**
 * A sum with all the decimals of its column, which is how Postgres writes it: `0.500000` at scale 6 is 500_000n. null for a text of
 * another form, such as `0`.
 */
function wholeScale(text: string, scale: number): bigint | null {
  const point = text.length - scale - 1
  return point > 0 && text.charCodeAt(point) === POINT ? BigInt(text.slice(0, point) + text.slice(point + 1)) : null
}

const POINT = 46

/** Nothing spent, nothing counted. */
export const NO_SUMS: CellSums = Object.freeze({
  direct: 0n,
  shared: 0n,
  allocated: 0n,
  invocations: 0n,
  tokens: 0n,
  unpriced: 0n,
  unconverted: 0n,
})

export function addSums(a: CellSums, b: CellSums): CellSums {
  return {
    direct: a.direct + b.direct,
    shared: a.shared + b.shared,
    allocated: a.allocated + b.allocated,
    invocations: a.invocations + b.invocations,
    tokens: a.tokens + b.tokens,
    unpriced: a.unpriced + b.unpriced,
    unconverted: a.unconverted + b.unconverted,
  }
}

/** What is left of a whole when its parts are taken out: exact, because sums of integers are. */
export function subtractSums(whole: CellSums, part: CellSums): CellSums {
  return {
    direct: whole.direct - part.direct,
    shared: whole.shared - part.shared,
    allocated: whole.allocated - part.allocated,
    invocations: whole.invocations - part.invocations,
    tokens: whole.tokens - part.tokens,
    unpriced: whole.unpriced - part.unpriced,
    unconverted: whole.unconverted - part.unconverted,
  }
}

/** Fully loaded: all that a cost has. */
export function totalOf(sums: CellSums): Fixed18 {
  return attributedOf(sums) + sums.allocated
}

/** What events cost, without shares of pools. Lists are sorted by it, so that a new allocation run moves no row between two pages. */
export function attributedOf(sums: CellSums): Fixed18 {
  return sums.direct + sums.shared
}

/** The same with some more allocated. */
export function plusAllocated(sums: CellSums, amount: Fixed18): CellSums {
  return amount === 0n ? sums : { ...sums, allocated: sums.allocated + amount }
}
