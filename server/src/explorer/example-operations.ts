/** An operation to begin with, as a tab of the explorer. */
export interface ExampleOperation {
  query: string
  variables: Record<string, unknown>
}

/** The month that lies around a day, and the next event's time: what makes the examples answer with something of the asker's own. */
export interface ExampleMoment {
  /** First day of the month and of the one after it. */
  from: string
  to: string
  /** An instant, RFC 3339. */
  now: string
}

/** What people ask first. Each is checked against the schema and run by its test. */
export function exampleOperations({ from, to, now }: ExampleMoment): ExampleOperation[] {
  const range = { from, to }
  return [
    { query: FLEET, variables: { range } },
    { query: AGENTS, variables: { range } },
    { query: CHAIN, variables: { range } },
    { query: UNPRICED, variables: { range } },
    { query: BUDGETS, variables: {} },
    {
      query: RECORD,
      variables: {
        input: {
          invocations: [
            {
              id: `explorer-${now}`,
              agent: 'research',
              task: 'first-task',
              client: 'northwind',
              kind: 'MODEL',
              provider: 'anthropic',
              resource: 'claude-sonnet-4-5',
              occurredAt: now,
              usage: [
                { meter: 'input_tokens', quantity: '1000' },
                { meter: 'output_tokens', quantity: '200' },
              ],
            },
          ],
        },
      },
    },
  ]
}

const FLEET = `# What the fleet cost this month, and how much of it names agent, task and client.
query FleetCost($range: DateRangeInput!) {
  fleetCost(range: $range) {
    cost {
      total {
        amount
        currency
      }
      invocations
      unpricedInvocations
    }
    attributionRatio
    tasksCompleted
    costPerTask {
      amount
    }
  }
}
`

const AGENTS = `# Agents by cost, with what a completed task of theirs costs.
query Agents($range: DateRangeInput!) {
  agentCosts(range: $range, first: 20) {
    nodes {
      agent {
        key
        name
      }
      resources
      cost {
        total {
          amount
        }
      }
      tasksCompleted
      costPerTask {
        amount
      }
    }
  }
}
`

const CHAIN = `# The chain of the most expensive task of the month: each call with its own cost, and that of all below it.
query TaskChain($range: DateRangeInput!) {
  taskCosts(range: $range, orderBy: COST, first: 1) {
    nodes {
      task {
        key
        name
      }
      cost {
        total {
          amount
        }
      }
      billed {
        amount
      }
      margin {
        amount
      }
      traces {
        traceId
        spans {
          depth
          name
          resource
          self {
            amount
          }
          subtree {
            amount
          }
        }
      }
    }
  }
}
`

const UNPRICED = `# Usage that no price is known for. It is counted, and in no amount.
query Unpriced($range: DateRangeInput!) {
  unpricedUsage(range: $range) {
    provider
    resource
    meter
    quantity
    invocations
    lastSeen
  }
}
`

const BUDGETS = `# What each budget has left, and when nothing will be left at this pace.
query BudgetsLeft {
  budgets {
    label
    window
    amount {
      amount
      currency
    }
    spent {
      amount
    }
    remaining {
      amount
    }
    capReachedOn
  }
}
`

const RECORD = `# Records an event. Send it twice: an id counts once.
mutation Record($input: RecordInvocationsInput!) {
  recordInvocations(input: $input) {
    accepted
    duplicates
    unpriced
    rejected {
      index
      code
      message
    }
  }
}
`
