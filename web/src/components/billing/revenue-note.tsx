import { graphql } from '../../generated/gql.ts'
import type { RevenuePartsFragment } from '../../generated/graphql.ts'
import { addDays, firstOfMonth } from '../../lib/calendar.ts'
import { moneyText } from '../../lib/format.ts'
import { monthName, monthParam } from '../../lib/months.ts'
import type { DateRange } from '../../lib/period.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { Link } from '../ui/link.tsx'

graphql(`
  fragment RevenueParts on RevenueParts {
    charges {
      amount
      currency
    }
    billed {
      amount
      currency
    }
  }
`)

/** Why there is no revenue and no margin. */
export const NO_REVENUE = 'No terms charge for it, and no completed task of it has a billed amount that counts'

interface RevenueNoteProps {
  parts: RevenuePartsFragment | null | undefined
  range: DateRange
  /** The page it stands on, where that has the terms and charges of a month: they are opened for the month of the last day. */
  billingPath?: string
  params?: SearchParams
  /** Terms of its client charge for its work. */
  isWithClient?: boolean
}

/** What a revenue is made of, with the way to the arithmetic of its charges. */
export function RevenueNote({ parts, range, billingPath, params, isWithClient = false }: RevenueNoteProps) {
  const month = firstOfMonth(addDays(range.to, -1))
  const asked = { month: monthParam(month) }
  const href =
    billingPath === undefined
      ? hrefWith('/charges', asked)
      : `${hrefWith(billingPath, { ...params, ...asked })}#billing`
  const charged = (text: string) => (
    <Link href={href} className="link" title={`The charges of ${monthName(month)}`}>
      {text}
    </Link>
  )
  if (parts?.charges != null) {
    if (parts.billed == null) return charged('charged by terms')
    return (
      <>
        {charged(`${moneyText(parts.charges)} charged`)}, {moneyText(parts.billed)} billed
      </>
    )
  }
  if (isWithClient) return charged('charged with its client')
  return parts?.billed == null ? 'nothing is charged or billed' : 'billed for tasks completed in the period'
}
