import type { Tenant } from '../../lib/session.ts'
import { CHANNEL_KINDS, DELIVERY_STATES, purposeText } from '../../lib/channels.ts'
import { durationText, momentText, throughText } from '../../lib/time.ts'
import { alertHref } from '../alert/alert-facts.ts'
import { MiniTable } from '../table/mini-table.tsx'
import { Badge } from '../ui/badge.tsx'
import { Link } from '../ui/link.tsx'
import type { DeliveryFacts } from './delivery-facts.ts'
import { ReplayDelivery } from './replay-delivery.tsx'

interface DeliveryLogProps {
  deliveries: readonly DeliveryFacts[]
  tenant: Tenant
  mayReplay: boolean
  /** On a channel's page the alert is named, on an alert's page the channel. */
  of: 'channel' | 'alert'
}

/** What was sent where, each attempt with its answer, and the way to send it again. */
export function DeliveryLog({ deliveries, tenant, mayReplay, of }: DeliveryLogProps) {
  const { timeZone, today } = tenant
  return (
    <MiniTable
      label="Deliveries"
      maxHeight={480}
      heads={[
        { label: of === 'channel' ? 'Alert' : 'Channel' },
        { label: 'State', isMain: true },
        { label: 'Why' },
        { label: 'When' },
        { label: 'Attempts' },
        { label: 'Again' },
      ]}
      rows={deliveries.map((delivery) => ({
        id: delivery.id,
        cells: [
          of === 'channel' ? (
            <AlertName key="alert" delivery={delivery} />
          ) : (
            <ChannelName key="channel" delivery={delivery} />
          ),
          <Badge key="state" tone={DELIVERY_STATES[delivery.state].tone}>
            {DELIVERY_STATES[delivery.state].text}
          </Badge>,
          purposeText(delivery.purpose),
          <span key="when" className="num">
            {delivery.sentAt != null
              ? momentText(delivery.sentAt, timeZone)
              : delivery.state === 'PENDING' && Date.parse(delivery.notBefore) > Date.now()
                ? `not before ${throughText(delivery.notBefore, timeZone, today)}`
                : momentText(delivery.createdAt, timeZone)}
          </span>,
          <Attempts key="attempts" delivery={delivery} timeZone={timeZone} />,
          mayReplay && (delivery.state === 'GIVEN_UP' || delivery.state === 'SENT') ? (
            <ReplayDelivery key="again" id={delivery.id} of={delivery.alert?.title ?? purposeText(delivery.purpose)} />
          ) : (
            ''
          ),
        ],
      }))}
    />
  )
}

function AlertName({ delivery: { alert, purpose } }: { delivery: DeliveryFacts }) {
  if (alert == null) return purpose === 'TEST' ? 'Test' : 'Digest'
  return (
    <Link href={alertHref(alert.id)} className="row-link">
      {alert.title}
    </Link>
  )
}

function ChannelName({ delivery: { channel } }: { delivery: DeliveryFacts }) {
  return (
    <Link href={`/channels/${encodeURIComponent(channel.id)}`} className="row-link">
      {channel.name}
      <span className="text-ink-3">&nbsp;· {CHANNEL_KINDS[channel.kind]}</span>
    </Link>
  )
}

function Attempts({ delivery: { attempts, lastError }, timeZone }: { delivery: DeliveryFacts; timeZone: string }) {
  if (attempts.length === 0) return <span className="text-ink-3">none yet</span>
  return (
    <ul className="text-caption">
      {attempts.map(({ at, ms, status, error }) => (
        <li key={at} className={error == null ? 'text-ink-2' : 'text-bad'}>
          <span className="num">{momentText(at, timeZone)}</span>
          {status == null ? '' : `, ${status}`}, {durationText(ms)}
          {error == null ? '' : `: ${error}`}
        </li>
      ))}
      {lastError != null && attempts.every(({ error }) => error == null) ? (
        <li className="text-bad">{lastError}</li>
      ) : null}
    </ul>
  )
}
