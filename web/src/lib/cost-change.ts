import type { Money } from '@outlay/domain/money/currency'
import { compareDecimals, differenceOf, isZero, moneyText, percentText, shareOf, signedAmountText } from './format.ts'

interface Parts {
  volume: Money
  mix: Money
  tokensPerCall: Money
  price: Money
  allocation: Money
  unallocated?: Money | null
}

const CAUSES = [
  { id: 'volume', up: 'more calls', down: 'fewer calls' },
  { id: 'mix', up: 'dearer resources', down: 'cheaper resources' },
  { id: 'tokensPerCall', up: 'longer calls', down: 'shorter calls' },
  { id: 'price', up: 'a higher price per token', down: 'a lower price per token' },
  { id: 'allocation', up: 'larger shares of pools', down: 'smaller shares of pools' },
  { id: 'unallocated', up: 'pools not allocated', down: 'pools not allocated' },
] as const

interface Cause {
  up: string
  down: string
  amount: string
}

interface UnitParts {
  change: Money
  callsPerTask: Money
  mix: Money
  tokensPerCall: Money
  price: Money
  tasks: Money
  allocation: Money
}

const UNIT_CAUSES = [
  { id: 'callsPerTask', up: 'more calls per task', down: 'fewer calls per task' },
  { id: 'mix', up: 'dearer resources', down: 'cheaper resources' },
  { id: 'tokensPerCall', up: 'longer calls', down: 'shorter calls' },
  { id: 'price', up: 'a higher price per token', down: 'a lower price per token' },
  { id: 'tasks', up: 'fewer tasks to bear the pools', down: 'more tasks to bear the pools' },
  { id: 'allocation', up: 'larger shares of pools', down: 'smaller shares of pools' },
] as const

/**
 * The finding of a change: which way it went, by how much, and the cause that did most of it in that direction.
 *
 *     £120.00 more, 80 % of it for more calls
 */
export function sentenceOf(parts: Parts, whole: Money): string {
  if (isZero(whole.amount)) return 'It cost the same as before'
  return findingOf(
    whole,
    CAUSES.map((cause) => ({ ...cause, amount: parts[cause.id]?.amount ?? '0' })),
  )
}

/**
 * The finding of a change of a cost per completed task.
 *
 *     A task: £4.50 more than before, 83 % of it for a higher price per token
 */
export function unitSentenceOf(parts: UnitParts): string {
  if (isZero(parts.change.amount)) return 'A task cost the same as before'
  const causes = UNIT_CAUSES.map((cause) => ({ ...cause, amount: parts[cause.id].amount }))
  return `A task: ${findingOf(parts.change, causes)}`
}

function findingOf(whole: Money, all: readonly Cause[]): string {
  const isMore = compareDecimals(whole.amount, '0') > 0
  const size = { ...whole, amount: absolute(whole.amount) }
  const causes = all
    .filter(({ amount }) => compareDecimals(amount, '0') === (isMore ? 1 : -1))
    .sort((a, b) => compareDecimals(absolute(b.amount), absolute(a.amount)))
  const head = `${moneyText(size)} ${isMore ? 'more' : 'less'} than before`
  const [most] = causes
  const share = most === undefined ? null : shareOf(absolute(most.amount), size.amount)
  if (most === undefined || share === null) return head
  const words = isMore ? most.up : most.down
  // Parts against each other can each be more than the whole; then a share of it says nothing.
  return compareDecimals(share, '1') > 0
    ? `${head}, most of all for ${words}`
    : `${head}, ${percentText(share, 0)} of it for ${words}`
}

/**
 * What did most of a change, at most two causes with what each came to; empty where nothing changed.
 *
 *     more calls +94.51 · dearer resources +68.43
 */
export function causesText(parts: Parts): string {
  return CAUSES.map((cause) => ({ ...cause, money: parts[cause.id] }))
    .flatMap(({ money, ...cause }) => (money == null || isZero(money.amount) ? [] : [{ ...cause, money }]))
    .sort((a, b) => compareDecimals(absolute(b.money.amount), absolute(a.money.amount)))
    .slice(0, 2)
    .map(({ up, down, money }) => `${compareDecimals(money.amount, '0') > 0 ? up : down} ${signedAmountText(money)}`)
    .join(' · ')
}

function absolute(amount: string): string {
  return compareDecimals(amount, '0') < 0 ? differenceOf('0', amount) : amount
}
