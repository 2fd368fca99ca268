import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { AttributedSum } from './attributed.ts'
import type { ProviderLine } from './provider-line.ts'

/** A line of usage whose amount was converted. */
export interface ChargedLine {
  line: ProviderLine
  /** In the reporting currency, at the rate the invoice converts at. */
  invoiced: Fixed18
  /** In the reporting currency, at the stored rate of the day. */
  stored: Fixed18
}

/** What is compared with what: the finest grain that both sides state. */
export interface Cell {
  provider: string
  day: CalendarDate
  account: string | null
  /** Null: all of the day, because the provider does not tell resources apart. */
  resource: string | null
  /** Null: all of the resource, because the provider does not tell meters apart. */
  meter: string | null
  charged: ChargedLine[]
  /** What the provider counted; null where it states money only. */
  invoicedQuantity: Quantity6 | null
  attributed: AttributedSum[]
  attributedQuantity: Quantity6
}

type Place = Pick<Cell, 'provider' | 'day' | 'account' | 'resource' | 'meter'>

/** Meters that a provider may count within another: ours are laid together where it does not tell them apart. */
const WITHIN: ReadonlyMap<string, string> = new Map([
  ['reasoning_tokens', 'output_tokens'],
  ['output_audio_tokens', 'output_tokens'],
  ['output_image_tokens', 'output_tokens'],
  ['input_audio_tokens', 'input_tokens'],
  ['input_image_tokens', 'input_tokens'],
  ['cache_write_1h_tokens', 'cache_write_tokens'],
])

/**
 * Lays lines of usage beside the ledger (quantities first, then money); both sides call providers and resources alike. An account counts
 * where the ledger knows it too. The coarsest line with money decides: where one names no resource, all of that provider's day is
 * one cell, and where one names no meter, all of the resource's day; quantities of different meters do not add up, so such a cell has none.
 * A line that states a quantity with its money goes before lines of a usage report, so that both exports of a provider can be there.
 */
export function cellsOf(input: {
  charged: readonly ChargedLine[]
  counted: readonly ProviderLine[]
  attributed: readonly AttributedSum[]
}): Cell[] {
  const placeOf = placing(input)
  const cells = new Map<string, Cell>()
  const counts = new Map<Cell, Quantity6>()
  const at = (place: Place) => cellAt(cells, place)
  for (const charged of input.charged) at(placeOf.line(charged.line)).charged.push(charged)
  for (const line of input.counted) {
    const cell = at(placeOf.line(line))
    counts.set(cell, (counts.get(cell) ?? 0n) + (line.quantity ?? 0n))
  }
  for (const sum of input.attributed) {
    const cell = at(placeOf.sum(sum))
    cell.attributed.push(sum)
    cell.attributedQuantity += sum.quantity
  }
  for (const cell of cells.values()) cell.invoicedQuantity = quantityOf(cell, counts.get(cell) ?? null)
  // What neither charges nor costs anything, such as the count of requests beside their tokens, is no part of a gap.
  return [...cells.values()].filter(
    (cell) => cell.charged.length > 0 || cell.attributed.some(({ cost }) => cost !== 0n),
  )
}

/** Null where it is not known; 0 where the provider states nothing for the cell. */
function quantityOf({ meter, charged }: Cell, counted: Quantity6 | null): Quantity6 | null {
  if (meter === null) return null
  const stated = charged.map(({ line }) => line.quantity)
  if (charged.length === 0 || stated.includes(null)) return counted ?? (charged.length === 0 ? 0n : null)
  return stated.reduce<Quantity6>((sum, quantity) => sum + (quantity ?? 0n), 0n)
}

function cellAt(cells: Map<string, Cell>, place: Place): Cell {
  const { provider, day, account, resource, meter } = place
  const key = JSON.stringify([provider, day, account, resource, meter])
  const known = cells.get(key)
  if (known !== undefined) return known
  const cell: Cell = { ...place, charged: [], invoicedQuantity: null, attributed: [], attributedQuantity: 0n }
  cells.set(key, cell)
  return cell
}

function placing({ charged, counted, attributed }: Parameters<typeof cellsOf>[0]) {
  const accounts = new Set(attributed.map(({ provider, account }) => JSON.stringify([provider, account])))
  const coarse = new Set<string>()
  const meters = new Set<string>()
  for (const { provider, day, resource, meter } of charged.map(({ line }) => line)) {
    if (resource === null) coarse.add(JSON.stringify([provider, day]))
    else if (meter === null) coarse.add(JSON.stringify([provider, day, resource]))
  }
  for (const { provider, day, resource, meter } of [...charged.map(({ line }) => line), ...counted]) {
    meters.add(JSON.stringify([provider, day, resource, meter]))
  }
  const coarsened = (place: Place): Place => {
    const { provider, day, resource } = place
    if (coarse.has(JSON.stringify([provider, day]))) return { ...place, resource: null, meter: null }
    return coarse.has(JSON.stringify([provider, day, resource])) ? { ...place, meter: null } : place
  }
  return {
    line: ({ provider, day, account, resource, meter }: ProviderLine) => {
      const isShared = accounts.has(JSON.stringify([provider, account]))
      return coarsened({ provider, day, account: isShared ? account : null, resource, meter })
    },
    sum: ({ provider, day, account, resource, meter }: AttributedSum) => {
      const isStated = (name: string) => meters.has(JSON.stringify([provider, day, resource, name]))
      const within = WITHIN.get(meter)
      const isFolded = within !== undefined && !isStated(meter) && isStated(within)
      return coarsened({ provider, day, account, resource, meter: isFolded ? within : meter })
    },
  }
}
