import type { ToldAlert } from '@outlay/db/channels/told-alerts'
import type { Outgoing } from '@outlay/db/channels/try-delivery'
import { formatMoney, type Money } from '@outlay/domain/money/currency'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { alertId, alertLink } from './words.ts'

/**
 * The JSON of a webhook: `{ type, timestamp, data }`. Amounts are exact, as the API has them. The same delivery has the same bytes, unless
 * its alert changed before it arrived.
 */
export function webhookBodyOf(outgoing: Outgoing, publicUrl: string | null): string {
  const { delivery, channel, tenant, alerts } = outgoing
  const dataOf = (alert: ToldAlert) => alertData(alert, { currency: tenant.currency, publicUrl })
  if (delivery.purpose === 'TEST') {
    return JSON.stringify({ type: 'channel.test', timestamp: delivery.createdAt, data: { channel: channel.name } })
  }
  if (delivery.purpose === 'DIGEST') {
    const told = alerts.map((alert) => ({ type: typeOf(alert), timestamp: alert.at, data: dataOf(alert) }))
    return JSON.stringify({ type: 'alert.digest', timestamp: delivery.createdAt, data: { alerts: told } })
  }
  const [alert] = alerts
  if (alert === undefined) throw new Error(`The delivery ${delivery.id} tells of no alert.`)
  return JSON.stringify({ type: typeOf(alert), timestamp: alert.at, data: dataOf(alert) })
}

const typeOf = ({ purpose }: ToldAlert): string => `alert.${purpose.toLowerCase()}`

function alertData(
  alert: ToldAlert,
  { currency, publicUrl }: { currency: string; publicUrl: string | null },
): Record<string, unknown> {
  const money = (amount: Fixed18 | null): Money | null => (amount === null ? null : formatMoney(amount, currency))
  const { kind, severity, state, scope, key, label, title, reason, threshold, firstDay, lastDay } = alert
  const { windowStart, windowEnd, raisedAt, updatedAt } = alert
  return {
    id: alertId(alert.id),
    ...{ kind, severity, state, scope, key, label, title, reason },
    expected: money(alert.expected),
    actual: money(alert.actual),
    impact: money(alert.impact),
    impactPerHour: money(alert.impactPerHour),
    ...{ threshold, firstDay, lastDay, windowStart, windowEnd, raisedAt, updatedAt },
    url: publicUrl === null ? null : alertLink(publicUrl, alert.id),
  }
}
