import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { countText, exactDecimalText } from '../../../lib/format.ts'
import type { DateRange } from '../../../lib/period.ts'
import type { Tenant } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'

const UnpricedDocument = graphql(`
  query UnpricedUsage($range: DateRangeInput!) {
    unpricedUsage(range: $range) {
      provider
      resource
      meter
      invocations
      quantity
      firstSeen
      lastSeen
    }
  }
`)

/** Usage nobody has a price for, by name, so that somebody can publish one. Absent when there is none. */
export async function UnpricedUsage({ range, count, tenant }: { range: DateRange; count: string; tenant: Tenant }) {
  if (count === '0') return null
  const { unpricedUsage } = await query(UnpricedDocument, { range })
  return (
    <Card
      id="unpriced"
      flush
      title={`${countText(count)} ${count === '1' ? 'invocation has' : 'invocations have'} no price and ${count === '1' ? 'is' : 'are'} in no amount`}
      caption="Usage without a rate, by resource and meter"
      actions={
        <Link href="/rate-cards/unpriced" className="link no-print inline-flex min-h-8 items-center">
          Price it
        </Link>
      }
    >
      <MiniTable
        label="Usage without a rate"
        heads={[
          { label: 'Resource' },
          { label: 'Meter' },
          { label: 'Invocations', isNumber: true },
          { label: 'Quantity', isNumber: true },
          { label: 'First seen' },
          { label: 'Last seen' },
        ]}
        rows={unpricedUsage.map((row) => ({
          id: `${row.provider} ${row.resource} ${row.meter}`,
          cells: [
            [row.provider, row.resource].filter(Boolean).join(' / ') || 'no resource named',
            row.meter,
            countText(row.invocations),
            exactDecimalText(row.quantity),
            momentText(row.firstSeen, tenant.timeZone),
            momentText(row.lastSeen, tenant.timeZone),
          ],
        }))}
      />
    </Card>
  )
}
