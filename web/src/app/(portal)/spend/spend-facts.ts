import { graphql } from '../../../generated/gql.ts'

graphql(`
  fragment SpendCost on CostBreakdown {
    direct {
      amount
      currency
    }
    chainShared {
      amount
      currency
    }
    allocated {
      amount
      currency
    }
    total {
      amount
      currency
    }
    invocations
  }
`)

graphql(`
  fragment SpendRollup on CostRollup {
    rows {
      keys {
        dimension
        key
        label
      }
      cost {
        ...SpendCost
      }
    }
    other {
      keys {
        dimension
        key
        label
      }
      cost {
        ...SpendCost
      }
    }
    total {
      ...SpendCost
    }
  }
`)

/** As much of a rollup as a change is made from: of another period, for the same rows. */
graphql(`
  fragment SpendCompared on CostRollup {
    rows {
      keys {
        dimension
        key
        label
      }
      cost {
        ...OnAnyBasis
      }
    }
    other {
      keys {
        dimension
      }
    }
    total {
      ...OnAnyBasis
    }
  }

  fragment OnAnyBasis on CostBreakdown {
    direct {
      amount
      currency
    }
    chainShared {
      amount
      currency
    }
    total {
      amount
      currency
    }
  }
`)

graphql(`
  fragment SpendSeries on RollupRow {
    keys {
      dimension
      key
      label
    }
    series {
      start
      end
      isPartial
      cost {
        direct {
          amount
          currency
        }
        chainShared {
          amount
          currency
        }
        total {
          amount
          currency
        }
      }
    }
  }
`)

graphql(`
  fragment SpendTrend on CostRollup {
    rows {
      ...SpendSeries
    }
    other {
      ...SpendSeries
    }
  }
`)

/** Everything on the page but the lists to choose filters from. Changes compare the full days, `full`, with the ones before. */
export const SpendDocument = graphql(`
  query Spend(
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $granularity: Granularity!
    $by: [Dimension!]!
    $filter: CostFilter!
    $isWhole: Boolean!
  ) {
    ...ClosedMonths @include(if: $isWhole)
    ...OwnCost @skip(if: $isWhole)
    fleetCost(range: $range, compareTo: NONE) @include(if: $isWhole) {
      dataThrough
      attributionRatio
      ...FleetPools
      cost {
        invocations
        unpricedInvocations
      }
    }
    spend: costRollup(range: $range, groupBy: $by, filter: $filter, top: 100) {
      ...SpendRollup
    }
    trend: costRollup(range: $range, granularity: $granularity, groupBy: $by, filter: $filter, top: 20) {
      ...SpendTrend
    }
    full: costRollup(range: $full, groupBy: $by, filter: $filter, top: 500) @include(if: $hasBefore) {
      ...SpendCompared
    }
    before: costRollup(range: $before, groupBy: $by, filter: $filter, top: 500) @include(if: $hasBefore) {
      ...SpendCompared
    }
  }
`)

/** The second level: what the rows of the first are made of. */
export const SpendInnerDocument = graphql(`
  query SpendInner(
    $range: DateRangeInput!
    $full: DateRangeInput!
    $before: DateRangeInput!
    $hasBefore: Boolean!
    $levels: [Dimension!]!
    $filter: CostFilter!
  ) {
    spend: costRollup(range: $range, groupBy: $levels, filter: $filter, top: 500) {
      ...SpendRollup
    }
    full: costRollup(range: $full, groupBy: $levels, filter: $filter, top: 500) @include(if: $hasBefore) {
      ...SpendCompared
    }
    before: costRollup(range: $before, groupBy: $levels, filter: $filter, top: 500) @include(if: $hasBefore) {
      ...SpendCompared
    }
  }
`)

/** What was used in the period, to choose filters from. */
export const SpendResourcesDocument = graphql(`
  query SpendResources($range: DateRangeInput!) {
    resources: costRollup(range: $range, groupBy: [RESOURCE], top: 100) {
      rows {
        keys {
          key
          label
        }
      }
    }
    providers: costRollup(range: $range, groupBy: [PROVIDER], top: 100) {
      rows {
        keys {
          key
          label
        }
      }
    }
  }
`)
