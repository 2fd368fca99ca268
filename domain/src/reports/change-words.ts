import { moneyWords, percentWords } from '../alerts/money-words.ts'
import { parseFixed18, ratio, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'

/**
 * How much more or less something is than before, in words; what there is nothing to compare with says so.
 *
 *     changeWords(104n, 100n) // '+4 %'
 *     changeWords(97n, 100n)  // '−3 %'
 *     changeWords(5n, 0n)     // 'nothing before'
 */
export function changeWords(now: bigint, before: bigint): string {
  if (now === before) return 'unchanged'
  if (before <= 0n) return before === 0n ? 'nothing before' : 'a credit before'
  const share = parseFixed18(ratio(now - before, before) ?? '0')
  return share > 0n ? `+${percentWords(share)}` : `\u2212${percentWords(-share)}`
}

/** What somebody or something cost in two periods, and for how many calls. */
export interface Mover {
  now: Fixed18
  before: Fixed18
  callsNow: bigint
  callsBefore: bigint
  /** Shares of cost pools among the amounts. */
  allocatedNow: Fixed18
  allocatedBefore: Fixed18
}

/**
 * Why a cost moved, made from its numbers alone: what is new or gone, else how the number of calls and the cost of a call changed, and what
 * shares of pools did.
 *
 *     // 100 calls for £10 before, 150 calls for £12 now
 *     moverWords({ … }, 'GBP') // 'Calls +50 %, cost of a call −20 %.'
 */
export function moverWords(mover: Mover, currency: string): string {
  const { now, before, callsNow, callsBefore, allocatedNow, allocatedBefore } = mover
  if (before === 0n && callsBefore === 0n) return 'New: it cost nothing in the period before.'
  if (now === 0n && callsNow === 0n) return `It cost nothing any more; ${moneyWords(before, currency)} before.`
  const words: string[] = []
  if (callsNow > 0n && callsBefore > 0n) {
    const perCall = (cost: Fixed18, calls: bigint) => divideHalfEven(cost, calls)
    const [costNow, costBefore] = [
      perCall(now - allocatedNow, callsNow),
      perCall(before - allocatedBefore, callsBefore),
    ]
    words.push(`Calls ${changeWords(callsNow, callsBefore)}, cost of a call ${changeWords(costNow, costBefore)}.`)
  } else if (callsNow !== callsBefore) words.push(`${callsNow} calls, ${callsBefore} before.`)
  const shares = allocatedNow - allocatedBefore
  if (shares !== 0n) {
    const less = shares < 0n
    words.push(`Shares of pools ${moneyWords(less ? -shares : shares, currency)} ${less ? 'less' : 'more'}.`)
  }
  return words.join(' ')
}
