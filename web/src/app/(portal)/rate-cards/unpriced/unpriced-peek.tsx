import { ApiQuery, PeekLine, PeekPanel, PeekSection } from '../../../../components/peek/peek-panel.tsx'
import { countText, exactDecimalText } from '../../../../lib/format.ts'
import { meterText } from '../../../../lib/rate-text.ts'
import type { UnpricedRow } from '../../../../lib/rating-facts.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { dateOf, momentText } from '../../../../lib/time.ts'
import { addDays } from '../../../../lib/calendar.ts'
import { PriceIt } from './price-it.tsx'

interface UnpricedPeekProps {
  row: UnpricedRow
  tenant: Tenant
  mayPrice: boolean
  closeHref: string
}

function apiQuery(row: UnpricedRow, tenant: Tenant): string {
  return `query {
  unpricedUsage(range: {
    from: "${dateOf(row.firstSeen, tenant.timeZone)}"
    to: "${addDays(tenant.today, 1)}"
  }) {
    provider resource meter
    invocations quantity
    firstSeen lastSeen
    tasks clients
  }
}`
}

/** What waits for one price, and the form that gives it. */
export function UnpricedPeek({ row, tenant, mayPrice, closeHref }: UnpricedPeekProps) {
  const { provider, resource, meter } = row
  return (
    <PeekPanel
      openKey={`${provider} ${resource} ${meter}`}
      title={resource ?? 'No resource named'}
      caption={`${provider ?? 'no provider named'} · ${meterText(meter)}`}
      closeHref={closeHref}
      figure={exactDecimalText(row.quantity)}
      formula={`${meterText(meter)} in ${countText(row.invocations)} ${row.invocations === '1' ? 'invocation' : 'invocations'}, in no amount`}
    >
      <PeekSection title="What it affects">
        <ul>
          <PeekLine name="Tasks" value={countText(row.tasks)} />
          <PeekLine name="Clients" value={countText(row.clients)} />
          <PeekLine name="First use" value={momentText(row.firstSeen, tenant.timeZone)} />
          <PeekLine name="Latest use" value={momentText(row.lastSeen, tenant.timeZone)} />
        </ul>
      </PeekSection>
      <PeekSection title="Price it">
        {provider == null || resource == null ? (
          <p className="text-ink-2">
            The sender named no {provider == null ? 'provider' : 'resource'}, so no rate can match. Send it with the
            event, or replace the event with one that has it.
          </p>
        ) : mayPrice ? (
          <PriceIt
            provider={provider}
            resource={resource}
            meter={meter}
            firstSeen={row.firstSeen}
            currency={tenant.currency}
            timeZone={tenant.timeZone}
            today={tenant.today}
          />
        ) : (
          <p className="text-ink-2">Finance and administrators publish prices.</p>
        )}
      </PeekSection>
      <ApiQuery text={apiQuery(row, tenant)} />
    </PeekPanel>
  )
}
