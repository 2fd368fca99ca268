import { Card } from '../../../components/ui/card.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { methodText, versionToShow } from '../../../lib/allocation.ts'
import { dateText } from '../../../lib/calendar.ts'
import { monthParam, shortMonthText } from '../../../lib/months.ts'
import { plural } from '../../../lib/plural.ts'
import { hrefWith } from '../../../lib/search-params.ts'
import { PolicyBadge } from './pool-badges.tsx'
import type { Pool, PoolVersion } from './pool-facts.ts'

interface Decision {
  pool: Pool
  version: PoolVersion
  what: string
}

function decisionsOf(pool: Pool): Decision[] {
  const open = pool.policies.filter((version) => version.state === 'PROPOSED' || version.state === 'DRAFT')
  const inForce = versionToShow(pool.policies, pool.month)
  return [
    ...open.map((version) => ({
      pool,
      version,
      what: version.state === 'PROPOSED' ? 'to approve or reject' : 'to propose',
    })),
    ...(inForce?.state === 'APPROVED' && inForce.isReviewDue
      ? [{ pool, version: inForce, what: `review was due on ${dateText(inForce.reviewDueOn, { year: true })}` }]
      : []),
  ]
}

/** What somebody has to decide about how the month's pools are split. */
export function Decisions({ pools }: { pools: readonly Pool[] }) {
  const decisions = pools.flatMap(decisionsOf)
  if (decisions.length === 0) {
    return (
      <Card title="No policy waits for anybody" caption="Versions to propose or approve, and reviews that are due">
        <EmptyState>A version that somebody proposes will stand here until somebody else approves it.</EmptyState>
      </Card>
    )
  }
  return (
    <Card
      flush
      title={`${plural(decisions.length, 'policy waits', 'policies wait')} for a decision`}
      caption="Versions to propose or approve, and reviews that are due"
    >
      <MiniTable
        label="Policies that wait for a decision"
        heads={[{ label: 'Pool' }, { label: 'Version', isMain: true }, { label: 'From' }, { label: 'What' }]}
        rows={decisions.map(({ pool, version, what }) => ({
          id: `${version.id} ${what}`,
          cells: [
            <span key="pool">
              <Link
                className="row-link font-[550]"
                href={hrefWith(
                  `/allocation/pools/${encodeURIComponent(pool.id)}/policy`,
                  {},
                  { month: monthParam(pool.month) },
                )}
              >
                {pool.name}
              </Link>
              <span className="block text-caption text-ink-3">{methodText(version)}</span>
            </span>,
            <span key="version" className="inline-flex items-center gap-1.5">
              v{version.version} <PolicyBadge state={version.state} />
            </span>,
            shortMonthText(version.effectiveFrom),
            what,
          ],
        }))}
      />
    </Card>
  )
}
