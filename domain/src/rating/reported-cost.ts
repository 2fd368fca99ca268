import { DomainError } from '../errors.ts'
import { FIXED18_LIMIT, multiplyFixed18HalfEven, type Fixed18 } from '../money/fixed18.ts'
import type { EpochMicros } from '../periods/instant.ts'
import { convert, type FxTable } from './fx-table.ts'

/** What an event cost according to its sender. */
export interface ReportedCost {
  amount: Fixed18
  currency: string
}

/** Where a cost comes from: our rates, or the sender's own figure where no rate matched. */
export type CostBasis = 'RATES' | 'REPORTED'

export type ReportedRating =
  { status: 'RATED'; cost: Fixed18; fxRate: string | null } | { status: 'UNCONVERTED'; cost: null; fxRate: null }

/**
 * The rating of an event by what its sender says it cost, for an event that no rate prices: the amount in the reporting currency at the
 * event's UTC date, half-even at scale 18 (law L7). Without an FX rate of that date it is UNCONVERTED and not guessed (law L10). A
 * reported 0 is a price of 0 (law L9). Throws DomainError AMOUNT_TOO_LARGE when the cost reaches 10^20.
 *
 *     rateByReport({ amount: parseFixed18('10'), currency: 'USD' }, { fx, atMicros }) // at 0.7912: { status: 'RATED', cost: 7.912, fxRate: '0.7912' }
 */
export function rateByReport(
  reported: ReportedCost,
  { fx, atMicros }: { fx: FxTable; atMicros: EpochMicros },
): ReportedRating {
  const conversion = fx(reported.currency, atMicros)
  if (conversion === null) {
    // Nothing paid is nothing to convert: 0 in every currency, as for a line of our own.
    return reported.amount === 0n
      ? { status: 'RATED', cost: 0n, fxRate: null }
      : { status: 'UNCONVERTED', cost: null, fxRate: null }
  }
  const cost = convert(reported.amount, conversion)
  if (cost >= FIXED18_LIMIT) {
    throw new DomainError('AMOUNT_TOO_LARGE', 'The reported cost is 10^20 or more.', 'reportedCost')
  }
  return { status: 'RATED', cost, fxRate: conversion.text }
}

/**
 * Our cost less the sender's, in the reporting currency; above zero where we count more. Null when ours is not known or theirs cannot be
 * converted: an unknown difference is not 0.
 */
export function reportedDifference(
  ours: Fixed18 | null,
  reported: ReportedCost,
  { fxRate, currency }: { fxRate: Fixed18 | null; currency: string },
): Fixed18 | null {
  if (ours === null) return null
  if (reported.currency === currency || reported.amount === 0n) return ours - reported.amount
  return fxRate === null ? null : ours - multiplyFixed18HalfEven(reported.amount, fxRate)
}
