import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { countText } from '../../../../lib/format.ts'
import { roleName } from '../../../../lib/roles.ts'
import type { Viewer } from '../../../../lib/session.ts'
import { dayText, momentText } from '../../../../lib/time.ts'
import type { Invitation } from './page.tsx'
import { WithdrawInvitation } from './withdraw-invitation.tsx'

/** `Client of Northwind`, or `Project manager, only: Northwind`. */
function roleText({ role, client, clients }: Invitation): string {
  const name = roleName(role)
  if (client != null) return `${name} of ${client.name}`
  return clients == null ? name : `${name}, only: ${clients.map((one) => one.name).join(', ')}`
}

/** Who was asked in and has not come yet; nothing when there is nobody. */
export function Invitations({ invitations, viewer }: { invitations: readonly Invitation[]; viewer: Viewer }) {
  if (invitations.length === 0) return null
  const open = invitations.filter((one) => !one.isExpired).length
  const { timeZone } = viewer.tenant
  return (
    <Card
      flush
      className="mb-4"
      title={
        open === 0
          ? 'No invitation is open'
          : `${countText(open)} ${open === 1 ? 'invitation is' : 'invitations are'} open`
      }
      caption="Inviting an address again sends a new link and ends the one before"
    >
      <MiniTable
        label="Invitations"
        heads={[
          { label: 'Address' },
          { label: 'Role', isMain: true },
          { label: 'By' },
          { label: 'Works until' },
          { label: 'Change' },
        ]}
        rows={invitations.map((one) => ({
          id: one.id,
          cells: [
            <span key="address" className="break-all">
              {one.email}
            </span>,
            roleText(one),
            <span key="by" className="break-all">
              {one.invitedBy}
            </span>,
            one.isExpired ? (
              <Badge key="until">ended {dayText(one.expiresAt, timeZone)}</Badge>
            ) : (
              <span key="until" className="num">
                {momentText(one.expiresAt, timeZone)}
              </span>
            ),
            viewer.role === 'OWNER' || one.role !== 'OWNER' ? (
              <WithdrawInvitation key="change" id={one.id} email={one.email} />
            ) : (
              <span key="change" className="text-caption text-ink-3">
                by leadership only
              </span>
            ),
          ],
        }))}
      />
    </Card>
  )
}
