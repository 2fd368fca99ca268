import type { FlagRule } from '../anomaly/judge-series.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import { dayWords, spanWords, weekdayName } from './day-words.ts'
import { moneyWords, timesWords } from './money-words.ts'

/** What was found, as sentences speak of it. `who` names it: an agent, `Research Agent for Halden & Co`, a resource; null is the fleet. */
export type FoundAnomaly =
  | CostFound
  | {
      kind: 'BURN_RATE'
      who: string | null
      hours: 1 | 6
      spent: Fixed18
      projectedDay: Fixed18
      expectedDay: Fixed18
      currency: string
    }
  /** Agents of a project on a day; `unseen` are the names of those that were not seen in it for 28 days. */
  | { kind: 'AGENT_FANOUT'; who: string; day: CalendarDate; agents: number; usual: number; unseen: readonly string[] }
  | { kind: 'NEW_RESOURCE'; who: string; firstSeen: CalendarDate; cost: Fixed18; currency: string }
  | { kind: 'UNPRICED_USAGE'; who: string; day: CalendarDate; invocations: bigint }
  | { kind: 'CHAIN_SHAPE'; who: string | null; day: CalendarDate; what: 'DEPTH' | 'FANOUT'; value: number; p99: number }

interface CostFound {
  kind: 'COST_SPIKE' | 'COST_SHIFT'
  who: string | null
  rule: Exclude<FlagRule, 'BURN_RATE'>
  firstDay: CalendarDate
  lastDay: CalendarDate
  /** Days of the incident, whose amounts these are. */
  days: number
  actual: Fixed18
  expected: Fixed18
  low: Fixed18 | null
  high: Fixed18 | null
  /** The last of the days is not over. */
  isToday: boolean
  currency: string
}

export interface Words {
  title: string
  /** One or two sentences. */
  reason: string
}

const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

/** A number in a sentence: in letters to twelve. */
function countWords(count: number): string {
  return (Number.isInteger(count) ? COUNTS[count] : undefined) ?? String(count)
}

/**
 * What an anomaly is called and why it was told, in words with the amounts in them.
 *
 *     anomalyWords({ kind: 'COST_SPIKE', who: 'Research Agent', firstDay: '2026-11-02', actual: 300, expected: 50, … })
 *     // title: 'Research Agent is running at 6× its usual Monday'
 *     // reason: '300.00 GBP so far on 2 November 2026; 50.00 GBP was expected, at most 62.00 GBP.'
 *     anomalyWords({ kind: 'AGENT_FANOUT', who: 'Trial digest', agents: 4, usual: 1, unseen: ['Coding Agent', …], … })
 *     // title: 'Trial digest used four agents, usually one'
 */
export function anomalyWords(found: FoundAnomaly): Words {
  switch (found.kind) {
    case 'COST_SPIKE':
    case 'COST_SHIFT':
      return costWords(found)
    case 'BURN_RATE':
      return burnWords(found)
    case 'AGENT_FANOUT':
      return fanoutWords(found)
    case 'NEW_RESOURCE':
      return {
        title: `${found.who} was used for the first time`,
        reason: `Nothing used it before ${dayWords(found.firstSeen)}; it has cost ${moneyWords(found.cost, found.currency)} since.`,
      }
    case 'UNPRICED_USAGE':
      return unpricedWords(found)
    case 'CHAIN_SHAPE':
      return chainWords(found)
    default:
      return found satisfies never
  }
}

const FLEET = 'The fleet'

const WHY: Record<CostFound['rule'], string> = {
  POINT: '',
  BACKSTOP: ' That is more than three times what three of four days cost.',
  SHIFT: ' No day of it need be unusual by itself: together they are.',
  COLD_START: ' It is new, so there are only a few days to compare with.',
}

function costWords(found: CostFound): Words {
  const { actual, expected, high, currency, firstDay, lastDay, days, isToday, rule } = found
  const who = found.who ?? FLEET
  const span = spanWords(firstDay, addDays(lastDay, 1))
  const times = timesWords(actual, expected)
  const most = high === null || high <= expected ? '' : `, at most ${moneyWords(high, currency)}`
  const spent = `${moneyWords(actual, currency)}${isToday ? ' so far' : ''}`
  const reason = `${spent} ${span}; ${moneyWords(expected, currency)} was expected${most}.${WHY[rule]}`
  if (times === null) return { title: `${who} costs money where it usually costs nothing`, reason }
  if (found.kind === 'COST_SHIFT')
    return { title: `${who} costs ${times}× its usual since ${dayWords(firstDay)}`, reason }
  const usual = days === 1 ? `usual ${weekdayName(firstDay)}` : 'usual'
  const verb = isToday ? 'is running at' : 'cost'
  return { title: `${who} ${verb} ${times}× its ${usual}`, reason }
}

function burnWords(found: FoundAnomaly & { kind: 'BURN_RATE' }): Words {
  const { hours, spent, projectedDay, expectedDay, currency } = found
  const span = hours === 1 ? 'in the last hour' : 'in the last six hours'
  const times = timesWords(projectedDay, expectedDay)
  return {
    title: `${found.who ?? FLEET} is burning ${times === null ? 'money' : `${times}× its usual`} ${span}`,
    reason:
      `${moneyWords(spent, currency)} ${span} is ${moneyWords(projectedDay, currency)} a day; ` +
      `${moneyWords(expectedDay, currency)} is expected of today.`,
  }
}

function fanoutWords({ who, day, agents, usual, unseen }: FoundAnomaly & { kind: 'AGENT_FANOUT' }): Words {
  const noun = agents === 1 ? 'agent' : 'agents'
  return {
    title: `${who} used ${countWords(agents)} ${noun}, usually ${countWords(usual)}`,
    reason: `On ${dayWords(day)} it used ${listWords(unseen)}, not seen in it for 28 days.`,
  }
}

const NAMED = 5

/** `A, B and C`; beyond five, the rest by number. */
function listWords(names: readonly string[]): string {
  const shown = names.slice(0, NAMED)
  const rest = names.length - shown.length
  const parts = rest === 0 ? shown : [...shown, `${countWords(rest)} more`]
  if (parts.length <= 1) return parts[0] ?? 'agents'
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

function unpricedWords({ who, day, invocations }: FoundAnomaly & { kind: 'UNPRICED_USAGE' }): Words {
  const isOne = invocations === 1n
  return {
    title: `${who} has usage without a price`,
    reason:
      `${isOne ? 'One invocation' : `${invocations} invocations`} of ${dayWords(day)} ${isOne ? 'has' : 'have'} no price: ` +
      `${isOne ? 'it is' : 'they are'} in no cost, and no budget sees ${isOne ? 'it' : 'them'}.`,
  }
}

function chainWords({ who, day, what, value, p99 }: FoundAnomaly & { kind: 'CHAIN_SHAPE' }): Words {
  const subject = who ?? FLEET
  const shape = what === 'DEPTH' ? `a chain ${value} levels deep` : `a step with ${value} children`
  return {
    title: `${subject} ran ${shape}, usually at most ${p99}`,
    reason: `On ${dayWords(day)} a trace had ${shape}; of those before, 99 in 100 had at most ${p99}.`,
  }
}
