import type { PoolClient } from 'pg'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { BILLED, type RatingStatus } from '@outlay/domain/rollup/cells'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { StoredRating } from '../ingest/candidate.ts'
import { plainArray } from '../sql/pg-array.ts'
import type { StoredEvent } from './event-page.ts'
import type { ReratingRef } from './rerating.ts'

/** By what the difference is told apart. */
export type DifferenceDimension = 'FLEET' | 'AGENT' | 'CLIENT' | 'RESOURCE'

/** Before and after, over the billed events of one member of a dimension. Amounts are scaled 10^18 and hold what is RATED. */
interface Difference {
  dimension: DifferenceDimension
  /** Nil: of events without that tag, and for FLEET. */
  memberId: string
  invocations: number
  changed: number
  before: bigint
  after: bigint
  unpricedBefore: number
  unpricedAfter: number
  unconvertedBefore: number
  unconvertedAfter: number
}

interface Outcome {
  status: RatingStatus
  cost: bigint | null
}

/** Adds up what the new ratings of events change. What counts nothing (reports of a shared use, claims) is in no sum. */
export class Differences {
  readonly #members = {
    AGENT: new Map<string, Difference>(),
    CLIENT: new Map<string, Difference>(),
    RESOURCE: new Map<string, Difference>(),
    FLEET: new Map<string, Difference>(),
  }

  add(event: StoredEvent, rating: StoredRating | null): void {
    if (!BILLED.has(event.billing)) return
    const after = rating ?? event
    this.#count('FLEET', NIL_UUID, event, after)
    this.#count('AGENT', event.agentId ?? NIL_UUID, event, after)
    this.#count('CLIENT', event.clientId ?? NIL_UUID, event, after)
    this.#count('RESOURCE', event.resourceId ?? NIL_UUID, event, after)
  }

  #count(dimension: DifferenceDimension, memberId: string, before: Outcome, after: Outcome): void {
    const members = this.#members[dimension]
    let difference = members.get(memberId)
    if (difference === undefined) {
      difference = { dimension, memberId, ...nothing() }
      members.set(memberId, difference)
    }
    difference.invocations += 1
    if (before !== after) difference.changed += 1
    if (before.cost !== null) difference.before += before.cost
    else if (before.status === 'UNPRICED') difference.unpricedBefore += 1
    else difference.unconvertedBefore += 1
    if (after.cost !== null) difference.after += after.cost
    else if (after.status === 'UNPRICED') difference.unpricedAfter += 1
    else difference.unconvertedAfter += 1
  }

  /** Adds everything to the rows of the job, in the order of their key. */
  async store(client: PoolClient, { tenantId, reratingId }: ReratingRef): Promise<void> {
    const { AGENT, CLIENT, FLEET, RESOURCE } = this.#members
    const rows = [AGENT, CLIENT, FLEET, RESOURCE].flatMap((members) =>
      [...members.values()].sort((a, b) => (a.memberId < b.memberId ? -1 : 1)),
    )
    if (rows.length === 0) return
    await client.query({
      name: 'add_rerating_differences',
      text: ADD_DIFFERENCES,
      values: [
        tenantId,
        reratingId,
        plainArray(rows.map((row) => row.dimension)),
        plainArray(rows.map((row) => row.memberId)),
        plainArray(rows.map((row) => row.invocations)),
        plainArray(rows.map((row) => row.changed)),
        plainArray(rows.map((row) => formatFixed18(row.before))),
        plainArray(rows.map((row) => formatFixed18(row.after))),
        plainArray(rows.map((row) => row.unpricedBefore)),
        plainArray(rows.map((row) => row.unpricedAfter)),
        plainArray(rows.map((row) => row.unconvertedBefore)),
        plainArray(rows.map((row) => row.unconvertedAfter)),
      ],
    })
  }
}

function nothing(): Omit<Difference, 'dimension' | 'memberId'> {
  return {
    invocations: 0,
    changed: 0,
    before: 0n,
    after: 0n,
    unpricedBefore: 0,
    unpricedAfter: 0,
    unconvertedBefore: 0,
    unconvertedAfter: 0,
  }
}

const ADD_DIFFERENCES = `
INSERT INTO rerating_difference AS d (tenant_id, rerating_id, dimension, member_id, invocations, changed, cost_before, cost_after,
  unpriced_before, unpriced_after, unconverted_before, unconverted_after)
SELECT $1::uuid, $2::uuid, * FROM unnest($3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::numeric[], $8::numeric[],
  $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
ON CONFLICT (tenant_id, rerating_id, dimension, member_id) DO UPDATE SET
  invocations = d.invocations + EXCLUDED.invocations, changed = d.changed + EXCLUDED.changed,
  cost_before = d.cost_before + EXCLUDED.cost_before, cost_after = d.cost_after + EXCLUDED.cost_after,
  unpriced_before = d.unpriced_before + EXCLUDED.unpriced_before, unpriced_after = d.unpriced_after + EXCLUDED.unpriced_after,
  unconverted_before = d.unconverted_before + EXCLUDED.unconverted_before,
  unconverted_after = d.unconverted_after + EXCLUDED.unconverted_after`
