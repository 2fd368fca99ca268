import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { NO_SUMS, plusAllocated, totalOf, type CellSums } from '../sql/cell-sums.ts'
import { readAllocatedOfGrain } from '../sql/read-allocated.ts'
import { readCostChange } from '../sql/read-cost-change.ts'
import { readByIds } from '../sql/read-dimensions.ts'
import { fractionsOf, type ReportQuestion } from './question.ts'

/** What somebody cost in the period and in the one before, fully loaded. */
export interface MemberCost {
  /** The nil uuid: what has no such tag. */
  id: string
  key: string | null
  name: string
  now: CellSums
  before: CellSums
}

const UNTAGGED = { AGENT: 'No agent tag, and shared uses', CLIENT: 'No client tag' } as const

/**
 * All agents or clients with cost or a share of a pool in the period or in the one before, the dearest of the period first, what has no tag
 * last. Together they are the fleet, to the last decimal.
 */
export async function readMembers(question: ReportQuestion, dimension: 'AGENT' | 'CLIENT'): Promise<MemberCost[]> {
  const { db, range, before, timeZone, fractions } = question
  const changes = await readCostChange(db, {
    ...{ scope: 'FLEET', memberId: NIL_UUID, dimension, range, before, timeZone },
  })
  const grain = Grain[dimension]
  const sharesNow = await readAllocatedOfGrain(db, { grain, fractions })
  const sharesBefore = await readAllocatedOfGrain(db, { grain, fractions: fractionsOf(before, timeZone) })
  const cells = new Map(changes.map((change) => [change.id, change]))
  const ids = [...new Set([...cells.keys(), ...sharesNow.keys(), ...sharesBefore.keys()])]
  const table = dimension === 'AGENT' ? 'agent' : 'client'
  const records = await readByIds(
    db,
    table,
    ids.filter((id) => id !== NIL_UUID),
  )
  const names = new Map<string, { key: string; name: string }>(records.map((record) => [record.id, record]))
  return ids
    .map((id): MemberCost => {
      const { now, before: earlier } = cells.get(id) ?? { now: NO_SUMS, before: NO_SUMS }
      const named = names.get(id)
      return {
        id,
        key: named?.key ?? null,
        name: named?.name ?? UNTAGGED[dimension],
        now: plusAllocated(now, sharesNow.get(id) ?? 0n),
        before: plusAllocated(earlier, sharesBefore.get(id) ?? 0n),
      }
    })
    .sort(inOrder)
}

function inOrder(x: MemberCost, y: MemberCost): number {
  if ((x.id === NIL_UUID) !== (y.id === NIL_UUID)) return x.id === NIL_UUID ? 1 : -1
  const [a, b] = [totalOf(x.now), totalOf(y.now)]
  if (a !== b) return a < b ? 1 : -1
  return x.name < y.name ? -1 : x.name > y.name ? 1 : x.id < y.id ? -1 : 1
}
