import { ReratingBadge } from '../../../../components/rerating/rerating-badge.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import type { ReratingSummaryFragment } from '../../../../generated/graphql.ts'
import { rangeText } from '../../../../lib/calendar.ts'
import { countText, currencySymbol, exactText, signedAmountText } from '../../../../lib/format.ts'
import { lostEvents, previewedTotal } from '../../../../lib/rerating.ts'
import { hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { whatIfText, type DraftNames } from './what-if-text.ts'

interface PastSimulationsProps {
  simulations: readonly ReratingSummaryFragment[]
  params: SearchParams
  openId: string | null
  draftNames: DraftNames
  tenant: Tenant
}

/** What was asked before, with its answer. */
export function PastSimulations({ simulations, params, openId, draftNames, tenant }: PastSimulationsProps) {
  if (simulations.length === 0) {
    return (
      <Card title="Nothing was asked yet">
        <EmptyState>Each question will be listed here with its answer, to look at again.</EmptyState>
      </Card>
    )
  }
  const symbol = currencySymbol(tenant.currency)
  const unknown = <NotAvailable reason="It has not ended" />
  return (
    <Card
      flush
      title={`${countText(simulations.length)} ${simulations.length === 1 ? 'question was' : 'questions were'} asked`}
      caption="Newest first; none of them changed anything"
    >
      <MiniTable
        label="Simulations"
        heads={[
          { label: 'Supposed' },
          { label: 'State' },
          { label: `Was, ${symbol}`, isNumber: true },
          { label: `Would be, ${symbol}`, isNumber: true },
          { label: `Difference, ${symbol}`, isNumber: true, isMain: true },
          { label: 'Asked' },
        ]}
        rows={simulations
          .map((one) => ({ one, total: previewedTotal(one) }))
          .map(({ one, total }) => ({
            id: one.id,
            isOpen: one.id === openId,
            cells: [
              <span key="supposed" className="block min-w-40">
                <Link href={hrefWith('/rate-cards/what-if', params, { run: one.id })} className="row-link">
                  {whatIfText(one, draftNames)}
                </Link>
                <span className="block text-caption text-ink-3">{rangeText(one.from, one.to)}</span>
              </span>,
              <ReratingBadge key="state" kind={one.kind} state={one.state} />,
              total === null ? unknown : <Amount key="before" money={total.before} />,
              total === null ? (
                unknown
              ) : (
                <span key="after">
                  <Amount money={total.after} />
                  {lostEvents(total) > 0n && (
                    <span className="block text-caption text-warn">
                      at least; {countText(String(lostEvents(total)))} without a price
                    </span>
                  )}
                </span>
              ),
              total === null ? (
                unknown
              ) : (
                <span key="difference" title={exactText(total.difference)}>
                  {signedAmountText(total.difference)}
                </span>
              ),
              <span key="asked">
                <span className="num block">{momentText(one.requestedAt, tenant.timeZone)}</span>
                <span className="block text-caption break-words text-ink-3">{one.requestedBy}</span>
              </span>,
            ],
          }))}
      />
    </Card>
  )
}
