import { monthText } from './months.ts'
import { moneyText } from './format.ts'
import type { Viewer } from './session.ts'

/** Whether this role makes and adopts plans, and sees them. The server decides again. */
export function mayPlan(role: Viewer['role']): boolean {
  return role === 'OWNER' || role === 'ADMIN' || role === 'FINANCE'
}

interface Named {
  name: string
}

interface Place {
  kind: 'WORK' | 'POOLS'
  client?: Named | null
  agent?: Named | null
}

/** `Halden · research`: whose line it is. */
export function placeName({ kind, client, agent }: Place): string {
  if (kind === 'POOLS') return 'Shared infrastructure'
  return `${client?.name ?? 'No client'} · ${agent?.name ?? 'no agent'}`
}

/** The same of lines put together by client or by agent. */
export function groupName(by: PlanGroup, place: Place): string {
  if (place.kind === 'POOLS' || by === 'LINE') return placeName(place)
  return by === 'CLIENT' ? (place.client?.name ?? 'No client') : (place.agent?.name ?? 'No agent')
}

export const PLAN_GROUPS = { CLIENT: 'By client', AGENT: 'By agent', LINE: 'By client and agent' } as const
export type PlanGroup = keyof typeof PLAN_GROUPS

/** How an address asks for lines to be put together. */
export function readGroup(text: string | null): PlanGroup {
  const group = text?.toUpperCase() ?? ''
  return group in PLAN_GROUPS ? (group as PlanGroup) : 'CLIENT'
}

export const DRIVER_NAMES = { VOLUME: 'Volume', USE: 'Use of each task', PRICE: 'Price' } as const

interface Change {
  driver: keyof typeof DRIVER_NAMES
  pace: 'EACH_MONTH' | 'ONCE'
  percent: string
  from: string
  client?: Named | null
  agent?: Named | null
}

/** `Volume +5 % each month from January 2027, of Halden`. */
export function changeWords({ driver, pace, percent, from, client, agent }: Change): string {
  const of = [client?.name, agent?.name].filter((name) => name !== undefined)
  const sign = percent.startsWith('-') ? '' : '+'
  const often = pace === 'EACH_MONTH' ? ' each month' : ''
  return `${DRIVER_NAMES[driver]} ${sign}${percent} %${often} from ${monthText(from)}${of.length === 0 ? '' : `, of ${of.join(' and ')}`}`
}

interface Amount {
  amount: string
  currency: string
}

/** `£40.00 to £55.00`; null where one month is all that is known. */
export function intervalText(low: Amount | null | undefined, high: Amount | null | undefined): string | null {
  return low == null || high == null ? null : `${moneyText(low)} to ${moneyText(high)}`
}
