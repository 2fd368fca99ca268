import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DeliveryLog } from '../../../../components/channel/delivery-log.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { ChannelByIdQuery } from '../../../../generated/graphql.ts'
import { named, query } from '../../../../lib/api.ts'
import { CHANNEL_KINDS, CHANNEL_STATES, filterText, timingText } from '../../../../lib/channels.ts'
import { countText } from '../../../../lib/format.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { mayHandleAlerts, type Tenant } from '../../../../lib/session.ts'
import { momentText } from '../../../../lib/time.ts'
import { AlertsFrame, ReadOnlyAlerts } from '../../budgets/alerts-frame.tsx'
import { ChannelForm } from '../channel-form.tsx'
import { scopeChoices } from '../scope-choices.ts'
import { ChannelActions } from './channel-actions.tsx'

export const metadata: Metadata = { title: 'Channel' }

const ChannelByIdDocument = graphql(`
  query ChannelById($id: ID!) {
    channel(id: $id) {
      ...ChannelFacts
      deliveries(first: 50) {
        ...DeliveryFacts
      }
    }
  }
`)

type Channel = NonNullable<ChannelByIdQuery['channel']>

export default async function ChannelPage({ params }: { params: Promise<{ id: string }> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const id = decodeURIComponent((await params).id)
  const channel = (await named(() => query(ChannelByIdDocument, { id })))?.channel
  if (channel == null) notFound()
  const mayManage = mayHandleAlerts(viewer.role)
  const state = CHANNEL_STATES[channel.state]
  return (
    <AlertsFrame
      title={channel.name}
      path="/channels"
      viewer={viewer}
      badge={<Badge tone={state.tone}>{state.text}</Badge>}
      crumbs={[{ label: 'Channels', href: '/channels' }]}
      truth={[
        { text: `${CHANNEL_KINDS[channel.kind]}, ${channel.target}` },
        { text: `told of ${filterText(channel)}` },
        { text: timingText(channel) },
      ]}
      actions={
        mayManage ? (
          <ChannelActions id={channel.id} name={channel.name} kind={channel.kind} state={channel.state} />
        ) : undefined
      }
    >
      {mayManage ? null : <ReadOnlyAlerts viewer={viewer} />}
      {channel.lastError == null || channel.state !== 'FAILING' ? null : (
        <p className="mb-4 text-bad">
          It fails{channel.lastFailureAt == null ? '' : ` since ${momentText(channel.lastFailureAt, tenant.timeZone)}`}:{' '}
          {channel.lastError}. It is still tried.
        </p>
      )}
      <Deliveries channel={channel} tenant={tenant} mayManage={mayManage} />
      {mayManage ? (
        <>
          <h2 className="mt-6 mb-3 text-card font-semibold">Change it</h2>
          <ChannelForm channel={channel} scopes={await scopeChoices()} />
        </>
      ) : null}
    </AlertsFrame>
  )
}

function Deliveries({ channel, tenant, mayManage }: { channel: Channel; tenant: Tenant; mayManage: boolean }) {
  const { deliveries } = channel
  return (
    <Card
      flush
      id="deliveries"
      title={deliveries.length === 0 ? 'Nothing was sent yet' : `The latest ${countText(deliveries.length)} deliveries`}
      caption="Newest first; what fails is tried eight times over nine hours"
    >
      {deliveries.length === 0 ? (
        <p className="px-3.5 pb-4 text-ink-2 sm:px-5">
          Each alert that fits will stand here with every attempt and its answer. A test shows that it arrives.
        </p>
      ) : (
        <DeliveryLog deliveries={deliveries} tenant={tenant} mayReplay={mayManage} of="channel" />
      )}
    </Card>
  )
}
