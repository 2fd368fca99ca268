import type { Metadata } from 'next'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { mayHandleAlerts } from '../../../../lib/session.ts'
import { AlertsFrame } from '../../budgets/alerts-frame.tsx'
import { ChannelForm } from '../channel-form.tsx'
import { scopeChoices } from '../scope-choices.ts'

export const metadata: Metadata = { title: 'New channel' }

export default async function NewChannelPage() {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  return (
    <AlertsFrame
      title="New channel"
      path="/channels"
      viewer={viewer}
      crumbs={[{ label: 'Channels', href: '/channels' }]}
    >
      {mayHandleAlerts(viewer.role) ? (
        <ChannelForm channel={null} scopes={await scopeChoices()} />
      ) : (
        <NotForRole>Channels are made by Finance, project managers and administrators.</NotForRole>
      )}
    </AlertsFrame>
  )
}
