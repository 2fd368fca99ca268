import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { addDays, firstOfMonth, rangeText } from '../../../lib/calendar.ts'
import { isZero, moneyText, percentText, signedMoneyText } from '../../../lib/format.ts'
import { monthParam } from '../../../lib/months.ts'
import type { DateRange } from '../../../lib/period.ts'

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

/** What providers invoiced against what was attributed, where a statement is there for days of the period. It reads events, so it arrives later. */
export async function InvoiceGap({ range }: { range: DateRange }) {
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
