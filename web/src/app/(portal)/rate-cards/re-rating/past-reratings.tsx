import { ReratingBadge } from '../../../../components/rerating/rerating-badge.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { NotAvailable } from '../../../../components/ui/amount.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { ReratingSummaryFragment } from '../../../../generated/graphql.ts'
import { rangeText } from '../../../../lib/calendar.ts'
import { countText, currencySymbol, exactText, signedAmountText } from '../../../../lib/format.ts'
import { filterText, previewedTotal } from '../../../../lib/rerating.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'

/** What a list shows of a re-rating or a simulation. */
graphql(`
  fragment ReratingSummary on Rerating {
    id
    kind
    state
    from
    to
    filter
    substitutions {
      fromProvider
      fromResource
      toProvider
      toResource
    }
    draftCardId
    requestedBy
    requestedAt
    previewedAt
    reason
    appliedBy
    appliedAt
    error
    invocations
    changed
    total {
      ...DifferenceRow
    }
  }
`)

interface PastReratingsProps {
  reratings: readonly ReratingSummaryFragment[]
  tenant: Tenant
}

/** Every re-rating that was asked for: which days, what it changed, who applied it and why. */
export function PastReratings({ reratings, tenant }: PastReratingsProps) {
  if (reratings.length === 0) {
    return (
      <Card title="Nothing was re-rated yet">
        <EmptyState>Each re-rating will be listed here with what it changed, who applied it, when and why.</EmptyState>
      </Card>
    )
  }
  const applied = reratings.filter((one) => one.state === 'APPLIED').length
  return (
    <Card
      flush
      title={`${countText(applied)} of ${countText(reratings.length)} re-ratings ${applied === 1 ? 'was' : 'were'} applied`}
      caption="Newest first; a replaced rating is kept with its event"
    >
      <MiniTable
        label="Re-ratings"
        heads={[
          { label: 'Days' },
          { label: 'State', isMain: true },
          { label: 'Changed', isNumber: true },
          { label: `Difference, ${currencySymbol(tenant.currency)}`, isNumber: true },
          { label: 'Asked for' },
          { label: 'Applied' },
          { label: 'Reason' },
        ]}
        rows={reratings
          .map((one) => ({ one, total: previewedTotal(one) }))
          .map(({ one, total }) => ({
            id: one.id,
            cells: [
              <span key="days" className="block min-w-36">
                <Link href={`/rate-cards/re-rating/${encodeURIComponent(one.id)}`} className="row-link font-[550]">
                  {rangeText(one.from, one.to)}
                </Link>
                <span className="block text-caption text-ink-3">{filterText(one.filter) ?? 'everything'}</span>
              </span>,
              <ReratingBadge key="state" kind={one.kind} state={one.state} />,
              total === null ? (
                <NotAvailable key="changed" reason="The preview has not ended" />
              ) : (
                `${countText(one.changed)} of ${countText(one.invocations)}`
              ),
              total === null ? (
                <NotAvailable key="difference" reason="The preview has not ended" />
              ) : (
                <span key="difference" title={exactText(total.difference)}>
                  {signedAmountText(total.difference)}
                </span>
              ),
              <Done key="asked" at={one.requestedAt} by={one.requestedBy} timeZone={tenant.timeZone} />,
              one.appliedAt == null ? (
                ''
              ) : (
                <Done key="applied" at={one.appliedAt} by={one.appliedBy ?? null} timeZone={tenant.timeZone} />
              ),
              one.reason ?? one.error ?? '',
            ],
          }))}
      />
    </Card>
  )
}

function Done({ at, by, timeZone }: { at: string; by: string | null; timeZone: string }) {
  return (
    <span>
      <span className="num block">{momentText(at, timeZone)}</span>
      <span className="block text-caption break-words text-ink-3">{by}</span>
    </span>
  )
}
