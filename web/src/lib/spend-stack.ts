import type { SpendTrendFragment } from '../generated/graphql.ts'
import { costOn, type Basis } from './basis.ts'
import type { ColourOf } from './colours.ts'
import { differenceOf, isZero, sumOf } from './format.ts'
import { idOf, type SpendDimension } from './spend.ts'

/** One colour of a stack: its amounts, one a bin. */
export interface StackSeries {
  id: string
  name: string
  colour: string
  amounts: readonly string[]
  total: string
}

/** A step of the series that are stacked, with what all of them come to. */
export interface StackPoint {
  start: string
  end: string
  isPartial: boolean
  cost: { total: { amount: string } }
}

const MOST_SERIES = 8
const OTHER_COLOUR = 'var(--chart-other)'
const WITHOUT_COLOUR = 'var(--chart-compare)'

/**
 * The most expensive rows as series, and all others as one; where that is a single row it has its name. In each bin the series add up to the point, exactly. A remainder has a colour of
 * its own and takes none of the palette.
 */
export function stackOf({
  trend,
  basis,
  by,
  colourOf,
}: {
  trend: SpendTrendFragment
  basis: Basis
  by: SpendDimension
  colourOf: ColourOf
}): { points: StackPoint[]; series: StackSeries[] } {
  const rows = trend.rows.map(({ keys, series }) => {
    const [key] = keys
    return {
      id: idOf({ keys }),
      key: key?.key ?? null,
      name: key?.key == null ? by.without.name : key.label,
      amounts: series.map(({ cost }) => costOn(basis, cost).amount),
    }
  })
  const steps = trend.rows[0]?.series ?? []
  const beyond = trend.other?.series.map(({ cost }) => costOn(basis, cost).amount) ?? steps.map(() => '0')
  const shown = rows.slice(0, MOST_SERIES)
  const rest = rows.slice(shown.length)
  const others = steps.map((_, i) => sumOf([beyond[i] ?? '0', ...rest.map(({ amounts }) => amounts[i] ?? '0')]))
  const colours = coloursOf(
    shown.map(({ key }) => key),
    by,
    colourOf,
  )
  const series = shown.map(({ id, name, amounts }, i) => ({
    id,
    name,
    colour: colours[i] ?? OTHER_COLOUR,
    amounts,
    total: sumOf(amounts),
  }))
  const [last, second] = rest
  if (last !== undefined && second === undefined && trend.other == null)
    series.push({ ...last, colour: last.key === null ? WITHOUT_COLOUR : OTHER_COLOUR, total: sumOf(last.amounts) })
  else if (others.some((amount) => !isZero(amount)))
    series.push({
      id: 'other',
      name: `Other ${by.plural}`,
      colour: OTHER_COLOUR,
      amounts: others,
      total: sumOf(others),
    })
  const points = steps.map(({ start, end, isPartial }, i) => {
    const amount = sumOf(series.map(({ amounts }) => amounts[i] ?? '0'))
    return { start, end, isPartial, cost: { total: { amount } } }
  })
  return { points, series }
}

/** An agent has its colour on every page; what has none takes what is left of the palette, in order. */
function coloursOf(keys: readonly (string | null)[], by: SpendDimension, colourOf: ColourOf): string[] {
  const own = keys.map((key) => (by.id === 'agent' && key !== null ? colourOf(key) : OTHER_COLOUR))
  const palette = Array.from({ length: MOST_SERIES }, (_, i) => `var(--chart-${i + 1})`)
  const free = palette.filter((colour) => !own.includes(colour))
  return own.map((colour, i) => {
    if (keys[i] === null) return WITHOUT_COLOUR
    return colour === OTHER_COLOUR ? (free.shift() ?? OTHER_COLOUR) : colour
  })
}

/** The amounts that a stack cannot draw, because they are below zero. */
export function belowZero(series: readonly StackSeries[]): string {
  const amounts = series.flatMap((one) => one.amounts.filter((amount) => amount.startsWith('-')))
  return differenceOf('0', sumOf(amounts))
}
