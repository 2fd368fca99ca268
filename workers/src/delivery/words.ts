import type { ToldAlert } from '@outlay/db/channels/told-alerts'
import type { Outgoing } from '@outlay/db/channels/try-delivery'
import { moneyWords } from '@outlay/domain/alerts/money-words'
import { idText } from '@outlay/domain/ids/id-text'
import type { Fixed18 } from '@outlay/domain/money/fixed18'

/** What a message says, before it is mail or chat. */
export interface Words {
  subject: string
  /** What it is about, in a sentence or two. */
  intro: string
  /** One for each alert. */
  items: Item[]
  /** How many more there are than are shown. */
  more: number
}

interface Item {
  title: string
  reason: string
  facts: { name: string; value: string }[]
  /** Null: this installation does not know its own address. */
  link: string | null
}

/** Alerts that a digest shows in full. */
const SHOWN_MAX = 50

const TOLD_AS: Record<ToldAlert['purpose'], string> = {
  RAISED: '',
  UPDATED: 'Grown: ',
  ESCALATED: 'Escalated: ',
  RESOLVED: 'Resolved: ',
}

/** The words of a delivery. `publicUrl` is without a slash at its end. */
export function wordsOf({ delivery, channel, tenant, alerts }: Outgoing, publicUrl: string | null): Words {
  const items = alerts.slice(0, SHOWN_MAX).map((alert) => itemOf(alert, { currency: tenant.currency, publicUrl }))
  const more = alerts.length - items.length
  if (delivery.purpose === 'TEST') {
    const intro = `This is a test of the channel ${channel.name} of ${tenant.name}. Alerts will look for you here.`
    return { subject: `Test of ${channel.name}`, intro, items: [], more: 0 }
  }
  if (delivery.purpose === 'DIGEST') {
    return {
      subject: `${alerts.length} alerts of ${tenant.name}`,
      intro: `What happened since the last digest.`,
      items,
      more,
    }
  }
  const [alert] = alerts
  const told = alert === undefined ? '' : titleOf(alert)
  return { subject: told, intro: '', items, more }
}

function itemOf(alert: ToldAlert, { currency, publicUrl }: { currency: string; publicUrl: string | null }): Item {
  const money = (amount: Fixed18 | null) => (amount === null ? null : moneyWords(amount, currency))
  const days = alert.firstDay === alert.lastDay ? alert.firstDay : `${alert.firstDay} to ${alert.lastDay}`
  const facts = [
    { name: 'Actual', value: money(alert.actual) },
    { name: 'Expected', value: money(alert.expected) },
    { name: 'Impact so far', value: money(alert.impact) },
    { name: 'Per hour if nothing changes', value: money(alert.impactPerHour) },
    { name: alert.firstDay === alert.lastDay ? 'Day' : 'Days', value: days },
    { name: 'State', value: alert.state.toLowerCase() },
  ]
  return {
    title: titleOf(alert),
    reason: alert.reason,
    facts: facts.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }])),
    link: publicUrl === null ? null : alertLink(publicUrl, alert.id),
  }
}

function titleOf({ purpose, severity, title }: ToldAlert): string {
  return `${TOLD_AS[purpose]}${purpose === 'RESOLVED' ? '' : `[${severity}] `}${title}`
}

/** The API's id of an alert. */
export const alertId = (uuid: string): string => idText('alr', uuid)

/** Where the portal shows an alert. */
export function alertLink(publicUrl: string, uuid: string): string {
  return `${publicUrl}/anomalies/${alertId(uuid)}`
}
