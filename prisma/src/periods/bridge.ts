import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { CorrectionCause } from '@outlay/domain/rollup/cells'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import { MADE_ROWS } from './snapshot-sql.ts'

/** What led from one edition to the next. RETURNED: what other months had posted here went home; ALLOCATION: the pools' shares. */
export type BridgeCause = CorrectionCause | 'RETURNED' | 'ALLOCATION' | 'WHILE_OPEN'

/**
 * A line of the way from one edition of a month to the next; amounts are decimal texts. FLEET and UNALLOCATED are whole amounts; AGENT and
 * CLIENT their members, whose differences add up to that of the fleet; CAUSE a step, whose `before` is the `after` of the step before.
 */
export interface BridgeLine {
  of: 'FLEET' | 'UNALLOCATED' | 'AGENT' | 'CLIENT' | 'CAUSE'
  cause: BridgeCause | null
  /** The nil uuid is the named remainder. */
  memberId: string | null
  before: string
  after: string
}

interface Member {
  of: 'FLEET' | 'AGENT' | 'CLIENT'
  memberId: string
  before: string
  after: string
  allocatedBefore: string
  allocatedAfter: string
}

const TOTAL = (alias: string): string =>
  `coalesce(${alias}.cost_direct + ${alias}.cost_shared + ${alias}.cost_allocated, 0)`

const MEMBERS: Prepared = {
  name: 'bridge_members',
  text: `WITH ${MADE_ROWS}, kept AS (
      SELECT r.* FROM period_snapshot_row r WHERE r.tenant_id = $1::uuid AND r.month = $2::date AND r.edition = $5::int
    )
    SELECT coalesce(m.dimension, k.dimension) AS of, coalesce(m.member_id, k.member_id) AS "memberId",
      ${TOTAL('k')}::text AS before, ${TOTAL('m')}::text AS after,
      coalesce(k.cost_allocated, 0)::text AS "allocatedBefore", coalesce(m.cost_allocated, 0)::text AS "allocatedAfter"
    FROM made m FULL JOIN kept k ON k.dimension = m.dimension AND k.member_id = m.member_id
    WHERE coalesce(m.dimension, k.dimension) IN ('FLEET', 'AGENT', 'CLIENT') AND (${TOTAL('k')} <> ${TOTAL('m')} OR m.dimension = 'FLEET')
    ORDER BY abs(${TOTAL('m')} - ${TOTAL('k')}) DESC, 2`,
}

// What went home since the edition was closed: into the month, and out of it where it had been the month that others were posted to.
const RETURNED: Prepared = {
  name: 'bridge_returned',
  text: `SELECT k.cause, sum(CASE WHEN k.usage_day >= $2::date AND k.usage_day < $3::date THEN k.cost_direct + k.cost_shared ELSE 0 END)::text AS came,
      sum(CASE WHEN k.posted_day >= $2::date AND k.posted_day < $3::date THEN k.cost_direct + k.cost_shared ELSE 0 END)::text AS went
    FROM period_correction k JOIN period_snapshot s ON s.tenant_id = $1::uuid AND s.month = $2::date AND s.edition = $4::int
    WHERE k.tenant_id = $1::uuid AND k.returned_at > s.closed_at
      AND ((k.usage_day >= $2::date AND k.usage_day < $3::date) OR (k.posted_day >= $2::date AND k.posted_day < $3::date))
    GROUP BY k.cause ORDER BY k.cause`,
}

/**
 * The way from the last edition of a month to the one that is about to be written, for who must explain why a reported figure changed. The
 * causes add up to the difference of the fleet: what went home by its cause, then the allocation, and the rest is what happened while the
 * month was open.
 */
export async function readBridge(
  db: TenantSql,
  of: {
    month: CalendarDate
    currency: string
    /** The edition it leads from. */
    edition: number
    unallocated: { before: string; after: string }
  },
): Promise<BridgeLine[]> {
  const { month, currency, edition, unallocated } = of
  const end = addMonths(month, 1)
  const members = await db.query<Member>(MEMBERS, [month, end, currency, edition])
  const returned = await db.query<{ cause: CorrectionCause; came: string; went: string }>(RETURNED, [
    month,
    end,
    edition,
  ])
  const fleet = members.find((member) => member.of === 'FLEET')
  if (fleet === undefined) return []
  const steps: [BridgeCause, Fixed18][] = returned.map(({ cause, came }) => [cause, parseFixed18(came)])
  steps.push(['RETURNED', -returned.reduce((sum, { went }) => sum + parseFixed18(went), 0n)])
  steps.push(['ALLOCATION', parseFixed18(fleet.allocatedAfter) - parseFixed18(fleet.allocatedBefore)])
  const whole = parseFixed18(fleet.after) - parseFixed18(fleet.before)
  steps.push(['WHILE_OPEN', whole - steps.reduce((sum, [, amount]) => sum + amount, 0n)])
  const line = ({ of: part, memberId, before, after }: Member): BridgeLine => ({
    of: part,
    cause: null,
    memberId: part === 'FLEET' ? null : memberId,
    before,
    after,
  })
  return [
    line(fleet),
    ...causeLines(steps, parseFixed18(fleet.before)),
    { of: 'UNALLOCATED', cause: null, memberId: null, ...unallocated },
    ...members.filter((member) => member !== fleet).map(line),
  ]
}

function causeLines(steps: readonly [BridgeCause, Fixed18][], start: Fixed18): BridgeLine[] {
  let reached = start
  return steps
    .filter(([, amount]) => amount !== 0n)
    .map(([cause, amount]) => {
      const before = formatFixed18(reached)
      reached += amount
      return { of: 'CAUSE', cause, memberId: null, before, after: formatFixed18(reached) }
    })
}
