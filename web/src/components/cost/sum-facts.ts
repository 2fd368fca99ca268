import { graphql } from '../../generated/gql.ts'

/** How a cost is made, as the panel shows it. */
export const CostArithmeticDocument = graphql(`
  query CostArithmetic($range: DateRangeInput, $filter: CostFilter, $parts: [CostPart!]!) {
    costArithmetic(range: $range, filter: $filter, parts: $parts, top: 40) {
      amount {
        amount
        currency
      }
      cost {
        invocations
        unpricedInvocations
        unconvertedInvocations
      }
      linesFrom
      lines {
        source
        isShared
        provider
        resource
        meter
        quantity
        unitPrice
        fxRate
        invocations
        rate {
          card
          effectiveFrom
          effectiveTo
          abovePromptTokens
          aboveMonthlyQuantity
          qualifiers
        }
        amountNative {
          amount
          currency
        }
        rounding {
          amount
          currency
        }
        amount {
          amount
          currency
        }
      }
      otherLines {
        count
        amount {
          amount
          currency
        }
      }
      earlier {
        provider
        resource
        isRest
        invocations
        amount {
          amount
          currency
        }
      }
      posted {
        cause
        direction
        invocations
        amount {
          amount
          currency
        }
      }
      shares {
        pool {
          id
          name
        }
        month
        method
        basis
        policyVersion
        weight
        weights
        allocated {
          amount
          currency
        }
        monthAmount {
          amount
          currency
        }
        fraction
        amount {
          amount
          currency
        }
      }
      unallocated {
        amount
        currency
      }
      unknown {
        provider
        resource
        meter
        reason
        quantity
        invocations
      }
      unknownCount
    }
  }
`)
