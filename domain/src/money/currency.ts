import { DomainError, quoted } from '../errors.ts'
import { formatFixed18, type Fixed18 } from './fixed18.ts'

/**
 * The currencies of ISO 4217 list one by their number of minor units. The metals, funds without a minor unit (XAU, XDR, …) and the
 * test codes are not money anybody pays with. BGN left the list on 2026-01-01 and stays, for usage of before.
 */
const CODES_BY_MINOR_UNITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
    CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK
    PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD
    USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_MINOR_UNITS).flatMap(([units, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number.parseInt(units, 10)]),
  ),
)

/** Whether a text is an active ISO 4217 code, in capitals: `GBP` is, `gbp` and `XAU` are not. */
export function isCurrencyCode(text: string): boolean {
  return MINOR_UNITS.has(text)
}

/**
 * The number of decimals of a currency's smallest coin: GBP 2, JPY 0, KWD 3, CLF 4.
 * Throws DomainError UNKNOWN_CURRENCY naming the text.
 */
export function minorUnits(code: string): number {
  const units = MINOR_UNITS.get(code)
  if (units === undefined) {
    throw new DomainError('UNKNOWN_CURRENCY', `${quoted(code)} is not an ISO 4217 currency code such as GBP.`)
  }
  return units
}

export interface Money {
  /** Exact decimal text with at least the currency's minor unit. */
  amount: string
  currency: string
}

/**
 * An amount as every edge shows it: all its decimals, at least the currency's minor unit, never rounded (law L7).
 *
 *     formatMoney(parseFixed18('12.34015'), 'GBP') // { amount: '12.34015', currency: 'GBP' }
 *     formatMoney(parseFixed18('50'), 'GBP')       // { amount: '50.00', currency: 'GBP' }
 */
export function formatMoney(amount: Fixed18, currency: string): Money {
  return { amount: formatFixed18(amount, minorUnits(currency)), currency }
}
