import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { PERIOD_ACTIONS } from '../../../../../lib/period-close.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { dayText, secondsText } from '../../../../../lib/time.ts'
import type { Period } from './period-detail.ts'

/** What was done to the month, by whom and why; nothing of it is ever changed. Absent while nobody did anything. */
export function History({ period: { history }, tenant }: { period: Period; tenant: Tenant }) {
  if (history.length === 0) return null
  return (
    <Card flush id="history" title="What was done to it" caption="The latest first">
      <MiniTable
        label="History"
        heads={[{ label: 'What' }, { label: 'When' }, { label: 'By' }, { label: 'Reason' }]}
        rows={history.map((event, index) => ({
          id: `${event.actedAt} ${index}`,
          cells: [
            <span key="what" className="font-[550]">
              {PERIOD_ACTIONS[event.action] ?? event.action}
            </span>,
            <span key="when" className="num">
              {dayText(event.actedAt, tenant.timeZone)}, {secondsText(event.actedAt, tenant.timeZone)}
            </span>,
            event.actedBy,
            event.reason ?? '',
          ],
        }))}
      />
    </Card>
  )
}
