import { decimalText, MINUS, printed } from '@outlay/domain/money/decimal-text'
import { formatFixed18, parseFixed18, ratio, roundHalfEven } from '@outlay/domain/money/fixed18'
import { isCurrencyCode, minorUnits, type Money } from '@outlay/domain/money/currency'

/** Every number the portal prints goes through here, as decimal text: an amount never becomes a float. */

export { decimalText }

const SPACE = '\u00a0'

function decimalsOf(currency: string): number {
  return isCurrencyCode(currency) ? minorUnits(currency) : 2
}

// Asking for one takes longer than everything else about an amount.
const symbols = new Map<string, string>()

/** `£` for GBP, `CHF` where a currency has no sign of its own. */
export function currencySymbol(currency: string): string {
  const known = symbols.get(currency) ?? askedSymbol(currency)
  symbols.set(currency, known)
  return known
}

function askedSymbol(currency: string): string {
  const parts = new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).formatToParts(0)
  return parts.find((part) => part.type === 'currency')?.value ?? currency
}

function withSymbol(text: string, currency: string): string {
  const symbol = currencySymbol(currency)
  const glued = /\p{L}$/u.test(symbol) ? `${symbol}\u00a0` : symbol
  return text.startsWith(MINUS) ? `${MINUS}${glued}${text.slice(1)}` : `${glued}${text}`
}

/** An amount outside a table: `£3,908.23`, `−£114.73`, `£0.0002134`. */
export function moneyText(money: Money): string {
  return withSymbol(decimalText(money.amount, decimalsOf(money.currency)), money.currency)
}

/** An amount beside those of another currency, whose sign could be anybody's: `SEK 120.00`. */
export function codeMoneyText({ amount, currency }: Money): string {
  return `${currency}${SPACE}${decimalText(amount, decimalsOf(currency))}`
}

/** An amount in a table cell, where the head names the currency: `3,908.23`; zero is `0`. */
export function amountText(money: Money): string {
  return parseFixed18(money.amount) === 0n ? '0' : decimalText(money.amount, decimalsOf(money.currency))
}

/** A difference in a table cell, with its sign: `+12.30`, `−0.0002134`; none is `0`. */
export function signedAmountText(money: Money): string {
  const text = amountText(money)
  return text === '0' || text.startsWith(MINUS) ? text : `+${text}`
}

/** A difference outside a table: `+£12.30`, `−£0.0002134`, `£0.00`. */
export function signedMoneyText(money: Money): string {
  const text = moneyText(money)
  return parseFixed18(money.amount) > 0n ? `+${text}` : text
}

/** A difference between amounts of one call: `+£0.0169`. */
export function signedFineMoneyText(money: Money): string {
  const text = fineMoneyText(money)
  return parseFixed18(money.amount) > 0n ? `+${text}` : text
}

/** An amount of one call or one chain, at four decimals: `0.9639`; zero is `0`. */
export function fineAmountText(money: Money): string {
  return parseFixed18(money.amount) === 0n ? '0' : decimalText(money.amount, 4)
}

/** An amount of one call outside a table: `£0.9639`. */
export function fineMoneyText(money: Money): string {
  return withSymbol(decimalText(money.amount, 4), money.currency)
}

/** All decimals of an amount, for a title or a copy: `£3,908.230015`. */
export function exactText(money: Money): string {
  return withSymbol(printed(money.amount), money.currency)
}

/** All decimals of an amount where the head or a word beside it names the currency: `2.70`, `0.000015`. */
export function exactAmountText(money: Money): string {
  return printed(money.amount)
}

/** All decimals, grouped, without a currency: `48,200`, `0.000015`. */
export function exactDecimalText(text: string): string {
  return printed(formatFixed18(parseFixed18(text)))
}

/** `14,880`. */
export function countText(count: string | number): string {
  return printed(String(count))
}

/** A count in three digits or fewer: `940`, `14k`, `1.2M`. */
export function compactCountText(count: string): string {
  const value = BigInt(count)
  if (value < 1_000n) return count
  const [unit, suffix] =
    value < 1_000_000n ? [1_000n, 'k'] : value < 1_000_000_000n ? [1_000_000n, 'M'] : [1_000_000_000n, 'G']
  const tenths = (value * 10n) / unit
  return tenths < 100n && tenths % 10n !== 0n ? `${tenths / 10n}.${tenths % 10n}${suffix}` : `${tenths / 10n}${suffix}`
}

/**
 * A ratio as a percentage: `percentText('0.9118', 2)` is `91.18 %`. What is not quite all never prints as 100 %, and what is not
 * quite nothing never prints as 0 %.
 */
export function percentText(ratioText: string, decimals = 1): string {
  return `${percentNumber(ratioText, decimals)}${SPACE}%`
}

/** The percentage without its sign, for a column whose head names it. */
export function percentNumber(ratioText: string, decimals = 1): string {
  const value = parseFixed18(ratioText) * 100n
  const one = 10n ** 18n
  const smallest = one / 10n ** BigInt(decimals)
  const rounded = roundHalfEven(value, decimals)
  if (value > 0n && rounded === 0n) return `< ${formatFixed18(smallest)}`
  if (value < 0n && rounded === 0n) return `> ${printed(formatFixed18(-smallest))}`
  if (value < 100n * one && rounded === 100n * one)
    return `> ${printed(formatFixed18(100n * one - smallest, decimals))}`
  return printed(formatFixed18(rounded, rounded === 100n * one || rounded === 0n ? 0 : decimals))
}

/** current ÷ previous − 1 as a decimal ratio; null when there is nothing to divide by. */
export function changeRatio(current: string, previous: string): string | null {
  const before = parseFixed18(previous)
  return ratio(parseFixed18(current) - before, before)
}

/** A signed change in percent: `+14.2`, `−7.4`, `0`. */
export function changeText(ratioText: string, decimals = 1): string {
  const rounded = roundHalfEven(parseFixed18(ratioText) * 100n, decimals)
  if (rounded === 0n) return '0'
  const text = printed(formatFixed18(rounded, decimals))
  return rounded > 0n ? `+${text}` : text
}

/** part ÷ whole as a decimal ratio; null when the whole is zero. */
export function shareOf(part: string, whole: string): string | null {
  return ratio(parseFixed18(part), parseFixed18(whole))
}

/** The exact sum of decimal texts. */
export function sumOf(texts: readonly string[]): string {
  return formatFixed18(texts.reduce((sum, text) => sum + parseFixed18(text), 0n))
}

export function differenceOf(a: string, b: string): string {
  return formatFixed18(parseFixed18(a) - parseFixed18(b))
}

export function compareDecimals(a: string, b: string): number {
  const x = parseFixed18(a)
  const y = parseFixed18(b)
  return x < y ? -1 : x > y ? 1 : 0
}

export function isZero(text: string): boolean {
  return parseFixed18(text) === 0n
}

/** amount ÷ count at 18 decimals, half-even; null for no count. */
export function quotientOf(amount: string, count: string | number): string | null {
  return ratio(parseFixed18(amount), BigInt(count) * 10n ** 18n)
}

/** So many of an amount, exact. */
export function timesOf(amount: string, count: string | number): string {
  return formatFixed18(parseFixed18(amount) * BigInt(count))
}

/** For pixel geometry only (bar lengths, line heights): never printed, never added to money. */
export function pixelsOf(text: string): number {
  return Number(text)
}
