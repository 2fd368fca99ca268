import { parseFixed18, roundHalfEven } from '@outlay/domain/money/fixed18'
import type { Tone } from '../components/ui/badge.tsx'
import type { ReratingKind, ReratingState } from '../generated/graphql.ts'
import { changeRatio, changeText, countText, decimalText, isZero, moneyText, signedMoneyText } from './format.ts'
import { durationText } from './time.ts'

/** Re-rating in words: its states, how far it is, and what it finds. */

const STATES = {
  PREVIEW_QUEUED: { tone: 'neutral', text: 'waiting', isRunning: true },
  PREVIEWING: { tone: 'accent', text: 'previewing', isRunning: true },
  PREVIEWED: { tone: 'accent', text: 'ready to apply', isRunning: false },
  APPLY_QUEUED: { tone: 'accent', text: 'waiting to apply', isRunning: true },
  APPLYING: { tone: 'accent', text: 'applying', isRunning: true },
  APPLIED: { tone: 'ok', text: 'applied', isRunning: false },
  STALE: { tone: 'warn', text: 'out of date', isRunning: false },
  FAILED: { tone: 'bad', text: 'failed', isRunning: false },
} as const satisfies Record<ReratingState, { tone: Tone; text: string; isRunning: boolean }>

/** A simulation ends with its preview: there is nothing to apply. */
export function stateOf(kind: ReratingKind, state: ReratingState): { tone: Tone; text: string; isRunning: boolean } {
  return kind === 'SIMULATION' && state === 'PREVIEWED' ? { tone: 'ok', text: 'done', isRunning: false } : STATES[state]
}

/** The total of a preview that has ended; while it runs the sums are of a part, and no answer. */
export function previewedTotal<Total>(rerating: { total?: Total | null; previewedAt?: string | null }): Total | null {
  return rerating.previewedAt == null ? null : (rerating.total ?? null)
}

export interface Progress {
  done: string
  total?: string | null
  ratio?: string | null
  perSecond?: string | null
  etaSeconds?: number | null
}

/** Whole percent, cut: 99.9 % is 99, because 100 is the end. Null while nobody knows how much there is. */
export function progressPercent({ ratio }: Progress): number | null {
  if (ratio == null) return null
  const percent = (parseFixed18(ratio) * 100n) / 10n ** 18n
  return Number(percent < 0n ? 0n : percent > 100n ? 100n : percent)
}

/** `23,100 of 62,000 events · 10,250 a second · about 4 s left`. */
export function progressText(progress: Progress): string {
  const { done, total, perSecond, etaSeconds } = progress
  const parts = [total == null ? `${countText(done)} events` : `${countText(done)} of ${countText(total)} events`]
  if (perSecond != null && roundHalfEven(parseFixed18(perSecond), 0) > 0n)
    parts.push(`${decimalText(perSecond, 0)} a second`)
  if (etaSeconds != null && etaSeconds > 0) parts.push(`about ${durationText(etaSeconds * 1_000)} left`)
  return parts.join(' · ')
}

const FILTER_NAMES: Readonly<Record<string, string>> = {
  agents: 'agent',
  clients: 'client',
  projects: 'project',
  tasks: 'task',
  providers: 'provider',
  resources: 'resource',
  kinds: 'kind',
}

/** `provider mistral, agent research or coding`; null for everything. */
export function filterText(filter: Record<string, unknown> | null | undefined): string | null {
  const parts = Object.entries(filter ?? {}).flatMap(([name, values]) => {
    const list = Array.isArray(values) ? values.map(String) : []
    if (list.length === 0) return []
    const shown = list.length > 4 ? `${list.slice(0, 3).join(', ')} and ${list.length - 3} more` : list.join(' or ')
    return [`${FILTER_NAMES[name] ?? name} ${shown}`]
  })
  return parts.length === 0 ? null : parts.join(', ')
}

interface Money {
  amount: string
  currency: string
}

export interface Difference {
  invocations: string
  changed: string
  before: Money
  after: Money
  difference: Money
  unpricedBefore: string
  unpricedAfter: string
  unconvertedBefore: string
  unconvertedAfter: string
}

function changeIn({ before, after }: Difference): string {
  const ratio = changeRatio(after.amount, before.amount)
  const text = ratio === null ? '0' : changeText(ratio)
  return text === '0' ? '' : `, ${text}\u00a0%`
}

/** What a re-rating finds, as a heading: `1,252 of 62,000 events change, +£68.52, +1.7 %`. */
export function findingOf(total: Difference): string {
  if (total.changed === '0') return 'Nothing changes: every event has the price it would get now'
  const events = `${countText(total.changed)} of ${countText(total.invocations)} events change`
  return isZero(total.difference.amount)
    ? `${events}, and the cost stays ${moneyText(total.after)}`
    : `${events}, ${signedMoneyText(total.difference)}${changeIn(total)}`
}

/** How many events more would have no price or no exchange rate: what they cost is in no amount, so a saving is not proven. */
export function lostEvents(total: Difference): bigint {
  const unknown = BigInt(total.unpricedAfter) + BigInt(total.unconvertedAfter)
  const was = BigInt(total.unpricedBefore) + BigInt(total.unconvertedBefore)
  return unknown > was ? unknown - was : 0n
}

/**
 * The answer to "what if": `It would have cost £3,311.20 instead of £4,092.48: −£781.28, −19.1 %`. Where events would lose their price,
 * the answer is a least amount and no saving is claimed.
 */
export function whatIfSentence(total: Difference): string {
  const lost = lostEvents(total)
  if (lost > 0n) {
    return `It would have cost at least ${moneyText(total.after)} instead of ${moneyText(total.before)}: ${events(lost)} would have no price`
  }
  if (isZero(total.difference.amount)) return `It would have cost the same, ${moneyText(total.before)}`
  return `It would have cost ${moneyText(total.after)} instead of ${moneyText(total.before)}: ${signedMoneyText(total.difference)}${changeIn(total)}`
}

/** `£68.52 more`, `£2.03 less`, `no difference`: a difference inside a sentence. */
export function moreOrLess({ amount, currency }: Money): string {
  if (isZero(amount)) return 'no difference'
  const isLess = amount.startsWith('-')
  return `${moneyText({ amount: isLess ? amount.slice(1) : amount, currency })} ${isLess ? 'less' : 'more'}`
}

function events(count: bigint): string {
  return count === 1n ? '1 event' : `${countText(String(count))} events`
}

/** What becomes of usage without a price or an exchange rate, as sentences; none where nothing of it is there. */
export function remainderSentences(total: Difference): string[] {
  const one = (before: string, after: string, what: string): string[] => {
    const [was, will] = [BigInt(before), BigInt(after)]
    if (was === 0n && will === 0n) return []
    if (was === will) return [`${events(will)} ${will === 1n ? 'stays' : 'stay'} without ${what}.`]
    if (will < was) {
      const rest = will === 0n ? 'none is left' : `${countText(String(will))} ${will === 1n ? 'stays' : 'stay'} without`
      return [`${events(was - will)} without ${what} ${was - will === 1n ? 'gets' : 'get'} one; ${rest}.`]
    }
    return [`${events(will - was)} ${will - was === 1n ? 'loses' : 'lose'} ${what} and would be in no amount.`]
  }
  return [
    ...one(total.unpricedBefore, total.unpricedAfter, 'a price'),
    ...one(total.unconvertedBefore, total.unconvertedAfter, 'an exchange rate'),
  ]
}
