import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { addDays, firstOfMonth, rangeText } from '../../../lib/calendar.ts'
import { countText, isZero, moneyText, percentText, signedMoneyText } from '../../../lib/format.ts'
import { monthParam } from '../../../lib/months.ts'
import type { DateRange } from '../../../lib/period.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'

const InvoiceGapDocument = graphql(`
  query InvoiceGap($range: DateRangeInput!) {
    fleetCost(range: $range, compareTo: NONE) {
      invoiceGap {
        from
        to
        providers
        invoiced {
          amount
          currency
        }
        gap {
          amount
          currency
        }
        open {
          amount
          currency
        }
        unexplained {
          amount
          currency
        }
        captureRate
      }
    }
  }
`)

const StatedDocument = graphql(`
  query StatedDays {
    providerStatements {
      firstDay
      lastDay
    }
  }
`)

/** Above as many invocations it is compared when somebody asks for it, as the ledger is (conservation.tsx). */
const UNASKED_MAX = 20_000

interface InvoiceGapProps {
  range: DateRange
  /** How many there are in the range. */
  invocations: string
  params: SearchParams
}

/** What providers invoiced against what was attributed, where a statement is there for days of the period. It reads events, so it arrives later. */
export async function InvoiceGap({ range, invocations, params }: InvoiceGapProps) {
  if (BigInt(invocations) > UNASKED_MAX && first(params.check) !== 'sums') {
    const { providerStatements } = await query(StatedDocument)
    if (!providerStatements.some(({ firstDay, lastDay }) => firstDay < range.to && lastDay >= range.from)) return null
    return (
      <p className="no-print mb-4 text-caption text-ink-2" data-invoice-gap>
        <Link href={hrefWith('/', params, { check: 'sums' })} className="link font-medium" scroll={false}>
          Compare with what providers invoiced
        </Link>
        {`: there are statements of these days, and ${countText(invocations)} invocations to read.`}
      </p>
    )
  }
  const { fleetCost } = await query(InvoiceGapDocument, { range })
  const { invoiceGap } = fleetCost
  if (invoiceGap == null) return null
  const { from, to, providers, invoiced, gap, open, unexplained, captureRate } = invoiceGap
  return (
    <p className="mb-4 text-caption text-ink-2" data-invoice-gap>
      <Link href={`/reconciliation?month=${monthParam(firstOfMonth(addDays(to, -1)))}`} className="link font-medium">
        Invoice against attributed
      </Link>
      {`, ${rangeText(from, to)} (UTC), ${providers.join(', ')}: ${moneyText(invoiced)} invoiced, `}
      <span className="num text-ink">{isZero(gap.amount) ? 'no gap' : `${signedMoneyText(gap)} gap`}</span>
      {isZero(gap.amount) ? '' : `, ${moneyText(open)} of it not accepted, ${moneyText(unexplained)} unexplained`}
      {captureRate == null ? '' : `, ${percentText(captureRate)} of usage captured`}.
    </p>
  )
}
