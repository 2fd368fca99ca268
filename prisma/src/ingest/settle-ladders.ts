import type { PoolClient } from 'pg'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { microsToMs, type EpochMicros } from '@outlay/domain/periods/instant'
import type { LadderUse } from '@outlay/domain/rating/ladder-positions'
import type { PositionOf } from '@outlay/domain/rating/rate-book'
import { BILLED, type CellDeltas } from '@outlay/domain/rollup/cells'
import type { Quantity6 } from '@outlay/domain/usage/quantity'
import {
  comparePlaces,
  loadLadderEvents,
  loadLadderPage,
  placeOf,
  usedInRange,
  usesOf,
  type LadderEvent,
  type Place,
} from './ladder-events.ts'
import {
  LadderDeltas,
  monthBounds,
  readLadderMonths,
  writeLadderDeltas,
  type LadderMonth,
  type LadderMonthUsage,
} from './ladder-usage.ts'
import { Resettlement } from './settle-stored.ts'
import type { TenantConfig } from './tenant-config.ts'

/** An event that is about to be stored and counts, with what it uses of ladders. */
export interface AddedEvent {
  id: string
  occurredAtMicros: EpochMicros
  uses: readonly LadderUse[]
}

/** Where the added events begin on their ladders. */
export type AddedPositions = (id: string) => PositionOf

const MINUTE_MS = 60_000
/** Events that are looked at together. */
const PAGE = 2_000

/**
 * Keeps graduated prices true to the order of (occurredAt, id), whatever order events arrive in: finds the place of what begins to
 * count, settles the stored events anew whose place has moved across a step, and records the usage. Everything happens in the open
 * transaction, under the tenant's lock; the cells of settled events go into `deltas`. A tenant without graduated prices is asked nothing.
 *
 * - `added`: events that will be stored in this transaction, not yet written. Returns where each begins.
 * - `recounted`: stored events that have just begun or just ceased to count, with their new billing already written. Those that began
 *   are settled at their place; those that ceased as if each were the first of its month, except what was voided, which stays as it was.
 *
 * A bucket of time is looked into only when a step begins within what its events used before or use now; all others keep their prices,
 * because both before and after they lie within one step.
 */
export async function settleLadders(
  client: PoolClient,
  change: {
    tenantId: string
    config: TenantConfig
    deltas: CellDeltas
    added: readonly AddedEvent[]
    recounted: readonly string[]
  },
): Promise<AddedPositions> {
  const { tenantId, config, deltas } = change
  const positions = new Positions()
  if (!config.rateBook.hasLadders) return positions.of
  const ids = change.recounted
  const recounted = ids.length === 0 ? [] : await loadLadderEvents(client, { tenantId, ids })
  const months = byMonth([...change.added.flatMap(addedMoves), ...recounted.flatMap(recountedMoves)], config)
  if (months.length === 0) return positions.of

  const usage = await readLadderMonths(client, tenantId, months)
  const resettlement = new Resettlement(config)
  for (const [index, month] of months.entries()) {
    const plan = planMonth(month, usage[index] ?? NO_USAGE, config)
    await settleMonth(client, { tenantId, month, plan, positions, resettlement, config })
  }
  for (const event of recounted) {
    const { id, billing } = event.count
    if (BILLED.has(billing)) resettlement.settle(event, positions.of(id))
    else if (billing === 'CLAIMED' || billing === 'REPORT') resettlement.settle(event, () => 0n)
  }
  await resettlement.write(client, { tenantId, deltas })
  const usageDeltas = new LadderDeltas()
  for (const { ladder, moves } of months) {
    for (const { bucket, change: quantity } of moves) usageDeltas.add({ ladder, bucket, quantity })
  }
  await writeLadderDeltas(client, tenantId, usageDeltas)
  return positions.of
}

const NO_USAGE: LadderMonthUsage = { before: 0n, byBucket: new Map() }

/** What begins or ceases to count on a ladder. */
interface Move extends Place {
  ladder: string
  /** What the month uses more; less when below zero. */
  change: Quantity6
  /** Whether its row is in the database already. */
  isStored: boolean
}

interface PlacedMove extends Move {
  bucket: number
}

interface MonthMoves extends LadderMonth {
  /** In the order of their places. */
  moves: PlacedMove[]
}

class Positions {
  readonly #byEvent = new Map<string, Map<string, Quantity6>>()

  set(id: string, ladder: string, position: Quantity6): void {
    const known = this.#byEvent.get(id)
    if (known === undefined) this.#byEvent.set(id, new Map([[ladder, position]]))
    else known.set(ladder, position)
  }

  readonly of: AddedPositions = (id) => (ladder) => this.#byEvent.get(id)?.get(ladder) ?? 0n
}

function addedMoves({ id, occurredAtMicros, uses }: AddedEvent): Move[] {
  return uses.map(({ ladder, quantity }) => ({
    micros: occurredAtMicros,
    id,
    ladder,
    change: quantity,
    isStored: false,
  }))
}

function recountedMoves(event: LadderEvent): Move[] {
  const isCounted = BILLED.has(event.count.billing)
  return usesOf(event).map(({ ladder, quantity }) => ({
    ...placeOf(event),
    ladder,
    change: isCounted ? quantity : -quantity,
    isStored: true,
  }))
}

function byMonth(moves: readonly Move[], { timeZone, bucketMinutes }: TenantConfig): MonthMoves[] {
  const months = new Map<string, MonthMoves>()
  for (const move of moves) {
    const ms = microsToMs(move.micros)
    const bucket = bucketStart(ms, bucketMinutes)
    const { month, start, end } = monthBounds(ms, timeZone)
    const key = move.ladder + month
    const known = months.get(key) ?? { ladder: move.ladder, start, end, from: bucket, moves: [] }
    months.set(key, known)
    known.from = Math.min(known.from, bucket)
    known.moves.push({ ...move, bucket })
  }
  for (const { moves: ofMonth } of months.values()) ofMonth.sort(comparePlaces)
  return [...months.values()]
}

/** A bucket of a ladder's month, from the first that changes on. */
interface PlannedBucket {
  bucket: number
  moves: readonly PlacedMove[]
  /** What the month will have used before it. */
  position: Quantity6
  /** Whether that is what it had used before it. */
  isShifted: boolean
  /** What will be used in it. */
  quantity: Quantity6
  /** Whether the price of an event in it may change. */
  isTouched: boolean
}

function planMonth(month: MonthMoves, usage: LadderMonthUsage, config: TenantConfig): PlannedBucket[] {
  const steps = config.rateBook.ladderBoundaries(month.ladder)
  const movesOf = new Map<number, PlacedMove[]>()
  for (const move of month.moves) {
    const known = movesOf.get(move.bucket)
    if (known === undefined) movesOf.set(move.bucket, [move])
    else known.push(move)
  }
  const buckets = [...new Set([...usage.byBucket.keys(), ...movesOf.keys()])].sort((a, b) => a - b)
  let before = usage.before
  let after = usage.before
  return buckets.map((bucket) => {
    const moves = movesOf.get(bucket) ?? []
    const used = usage.byBucket.get(bucket) ?? 0n
    const quantity = moves.reduce((sum, move) => sum + move.change, used)
    const low = min(before, after)
    const high = max(before + used, after + quantity)
    const isShifted = before !== after
    const isTouched = (isShifted || moves.length > 0) && steps.some((step) => low < step && step < high)
    const planned = { bucket, moves, position: after, isShifted, quantity, isTouched }
    before += used
    after += quantity
    return planned
  })
}

interface MonthToSettle {
  tenantId: string
  month: MonthMoves
  plan: readonly PlannedBucket[]
  positions: Positions
  resettlement: Resettlement
  config: TenantConfig
}

async function settleMonth(client: PoolClient, work: MonthToSettle): Promise<void> {
  let run: PlannedBucket[] = []
  for (const planned of work.plan) {
    if (planned.isTouched) {
      run.push(planned)
      continue
    }
    if (run.length > 0) await walk(client, work, run)
    run = []
    // Wherever in the bucket, the price is the same.
    for (const { id, ladder } of planned.moves) work.positions.set(id, ladder, planned.position)
  }
  if (run.length > 0) await walk(client, work, run)
}

/** Goes through the events of touched buckets in order, from the first place that changes. */
async function walk(client: PoolClient, work: MonthToSettle, run: readonly PlannedBucket[]): Promise<void> {
  const { tenantId, month, positions, resettlement, config } = work
  const { ladder } = month
  const first = run[0]
  const last = run[run.length - 1]
  if (first === undefined || last === undefined) return
  const range = { tenantId, ladder, endMs: last.bucket + config.bucketMinutes * MINUTE_MS }
  const moves = run.flatMap((planned) => planned.moves)
  const moved = new Set(moves.map((move) => move.id))
  let { after, position } = await startOf(client, work, first)
  let next = 0
  const passMovesBefore = (place: Place | null) => {
    for (let move = moves[next]; move !== undefined; move = moves[++next]) {
      if (place !== null && comparePlaces(move, place) > 0) return
      if (move.change < 0n) continue
      positions.set(move.id, ladder, position)
      position += move.change
    }
  }
  for (;;) {
    const page = await loadLadderPage(client, { ...range, after, limit: PAGE })
    for (const event of page) {
      const place = placeOf(event)
      passMovesBefore(place)
      after = place
      if (moved.has(place.id)) continue
      const at = position
      resettlement.settle(event, (other) => (other === ladder ? at : null))
      for (const use of usesOf(event)) if (use.ladder === ladder) position += use.quantity
    }
    if (page.length < PAGE) break
  }
  passMovesBefore(null)
}

/**
 * Where a walk begins: with its bucket, or, where nothing before the bucket has moved, with the first move in it. The position there is
 * what the month uses up to the bucket's end less what comes from there on, so that a busy hour is not read from its beginning.
 */
async function startOf(
  client: PoolClient,
  { tenantId, month: { ladder }, config }: MonthToSettle,
  { bucket, moves, position, quantity, isShifted }: PlannedBucket,
): Promise<{ after: Place; position: Quantity6 }> {
  const [first] = moves
  if (first === undefined || isShifted) return { after: { micros: bucket * 1_000, id: '' }, position }
  const endMs = bucket + config.bucketMinutes * MINUTE_MS
  let rest = await usedInRange(client, { tenantId, ladder, after: first, endMs })
  // The database has what is stored after the first move.
  for (const move of moves) if (move.change > 0n && (!move.isStored || move === first)) rest += move.change
  return { after: first, position: position + quantity - rest }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
