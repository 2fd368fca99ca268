import type { ChargeFactsFragment } from '../../generated/graphql.ts'
import { rangeText } from '../../lib/calendar.ts'
import { graphql } from '../../generated/gql.ts'
import { isZero, moneyText, percentText } from '../../lib/format.ts'
import { Badge } from '../ui/badge.tsx'
import { Card } from '../ui/card.tsx'
import { ChargeLines } from './charge-lines.tsx'
import { placeName } from './engagement-facts.ts'

graphql(`
  fragment ChargeFacts on Charge {
    engagement {
      ...EngagementFacts
    }
    from
    to
    isPartial
    lineCount
    lines(first: $lines) {
      kind
      description
      quantity
      unit
      unitPrice {
        amount
        currency
      }
      amount {
        amount
        currency
      }
    }
    total {
      amount
      currency
    }
    creditLeft {
      amount
      currency
    }
    cost {
      total {
        amount
        currency
      }
    }
    margin {
      amount
      currency
    }
    marginRatio
  }
`)

/** What terms charge for the month, line by line. */
export function ChargeCard({ charge, allHref }: { charge: ChargeFactsFragment; allHref: string }) {
  const { engagement, from, to, isPartial, lines, lineCount, total, creditLeft, cost, margin, marginRatio } = charge
  const name = engagement == null ? '' : placeName(engagement)
  const ratio = marginRatio == null ? '' : ` (${percentText(marginRatio)})`
  const credit = isZero(creditLeft.amount) ? '' : `, ${moneyText(creditLeft)} of credit left`
  return (
    <Card
      flush
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          {name}: {moneyText(total)} {isPartial ? 'so far' : 'charged'}
          {isPartial ? <Badge title="Days of it are still to come">still open</Badge> : null}
        </span>
      }
      caption={`${rangeText(from, to)}; it cost ${moneyText(cost.total)}, margin ${moneyText(margin)}${ratio}${credit}`}
    >
      {lines.length === 0 ? (
        <p className="px-3.5 pb-4 text-ink-2 sm:px-5">Nothing was used that these terms charge for.</p>
      ) : (
        <ChargeLines
          label={`Charge of ${name}, ${rangeText(from, to)}`}
          lines={lines}
          count={lineCount}
          allHref={allHref}
          total={total}
        />
      )}
    </Card>
  )
}
