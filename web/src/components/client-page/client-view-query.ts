import { graphql } from '../../generated/gql.ts'

/** All that a client is shown of a month: the fields of domain/src/audience/client-view.ts. */
export const ClientViewFields = graphql(`
  fragment ClientViewFields on ClientView {
    firm
    client
    month
    to
    isSoFar
    currency
    timeZone
    agreements {
      project
      model
      words
      since
      from
      to
      rates {
        what
        amount
        quantity
        unit
      }
      lines {
        what
        quantity
        unit
        unitPrice
        amount
      }
      total
      allowance {
        unit
        included
        used
        left
      }
      isProvisional
    }
    total
    delivered
    taskCount
    tasks {
      title
      project
      deliveredOn
      ran
      why
      charge
    }
    days {
      day
      delivered
      tokens
      invocations
    }
  }
`)
