import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { ShareBar } from '../../../components/ui/share-bar.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { currencySymbol, percentText, shareOf } from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'

/** What carries which tag not: the work that is left until every cost has an owner. */
export function MissingTags({ fleet, period }: { fleet: FleetQuery['fleetCost']; period: Period }) {
  const { total } = fleet.cost
  const rows = [
    { id: 'agent', name: 'Agent', money: fleet.withoutAgent, note: 'nobody is shown it' },
    { id: 'task', name: 'Task', money: fleet.withoutTask, note: 'in no cost per task' },
    { id: 'client', name: 'Client', money: fleet.withoutClient, note: 'internal work, or a missing tag' },
    { id: 'project', name: 'Project', money: fleet.withoutProject, note: 'in no margin of a project' },
  ].map((row) => ({ ...row, share: shareOf(row.money.amount, total.amount) ?? '0' }))
  return (
    <Card
      flush
      id="tags"
      className="mb-4"
      title={
        fleet.attributionRatio == null
          ? 'Nothing to attribute'
          : `${percentText(fleet.attributionRatio)} of cost carries agent, task and client`
      }
      caption={`Cost without a tag, ${periodText(period)}`}
      actions={
        <Link href="/developers#live" className="link no-print inline-flex min-h-8 items-center">
          Newest events
        </Link>
      }
    >
      <MiniTable
        label="Cost without a tag"
        heads={[
          { label: 'Without' },
          { label: `Cost, ${currencySymbol(total.currency)}`, isNumber: true, isMain: true },
          { label: 'Share of cost', isNumber: true },
          { label: 'What that means' },
        ]}
        rows={rows.map(({ id, name, money, share, note }) => ({
          id,
          cells: [
            name,
            <Amount key="cost" money={money} />,
            <span key="share" className="flex items-center justify-end gap-2">
              <ShareBar ratio={share} track className="h-2 w-24" />
              <span className="w-14">{percentText(share)}</span>
            </span>,
            note,
          ],
        }))}
      />
    </Card>
  )
}
