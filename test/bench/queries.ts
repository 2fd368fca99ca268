/** A question of the API as pages ask it; `variables` differ from round to round, so that no answer is the last one again. */
export interface TimedQuery {
  name: string
  /** Whether it is what a dashboard shows; these are held to 50 ms at p95. */
  isDashboard: boolean
  document: string
  variables: (round: number) => Record<string, unknown>
}

export interface QueryWorld {
  /** First day of a whole month of the history, and the day after its last. */
  month: { from: string; to: string }
  /** The 90 days of the history. */
  quarter: { from: string; to: string }
  days: readonly string[]
  taskKey: (round: number) => string
  traceId: (round: number) => string
}

const COST = 'direct { amount } chainShared { amount } total { amount } invocations tokens unpricedInvocations'

export function timedQueries(world: QueryWorld): TimedQuery[] {
  const { month, quarter } = world
  const sliding = (length: number) => (round: number) => {
    const start = round % Math.max(1, world.days.length - length)
    return { range: { from: world.days[start], to: world.days[start + length] } }
  }
  const agentKey = (round: number) => `agent-${round % 50}`
  const clientKey = (round: number) => `client-${round % 40}`
  return [
    {
      name: 'fleetCost: 30 days, previous, daily series',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { fleetCost(range: $range) { cost { ${COST} } previous { total { amount } }
        series(granularity: DAY) { start cost { total { amount } } } withoutAgent { amount } withoutTask { amount } withoutClient { amount }
        tasksCompleted costPerTask { amount } attributionRatio } }`,
      variables: sliding(30),
    },
    {
      name: 'fleetCost: 90 days, weekly series',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { fleetCost(range: $range, compareTo: NONE) { cost { ${COST} }
        series(granularity: WEEK) { start cost { total { amount } } } } }`,
      variables: () => ({ range: quarter }),
    },
    {
      name: 'costRollup: 90-day daily trend by agent',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { costRollup(range: $range, groupBy: [AGENT]) { total { total { amount } }
        rows { keys { key label } cost { ${COST} } series { start cost { total { amount } } } } other { cost { total { amount } } } } }`,
      variables: () => ({ range: quarter }),
    },
    {
      name: 'costRollup: client × resource, 30 days',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { costRollup(range: $range, groupBy: [CLIENT, RESOURCE], granularity: WEEK) {
        rows { keys { key label } cost { ${COST} } } total { total { amount } } } }`,
      variables: sliding(30),
    },
    {
      name: 'agentCosts: a month with completed tasks',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { agentCosts(range: $range) { nodes { agent { key name } resources cost { ${COST} }
        previous { total { amount } } tasksCompleted costPerTask { amount } } } }`,
      variables: () => ({ range: month }),
    },
    {
      name: 'agentCost: one agent, 30 days',
      isDashboard: true,
      document: `query($range: DateRangeInput!, $key: String!) { agentCost(agentKey: $key, range: $range) { cost { ${COST} }
        series(granularity: DAY) { start cost { total { amount } } } resources { provider resource cost { total { amount } } }
        clients { client { key } cost { total { amount } } } tasksCompleted costPerTask { amount } } }`,
      variables: (round) => ({ ...sliding(30)(round), key: agentKey(round) }),
    },
    {
      name: 'clientCosts: a month with revenue and margin',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { clientCosts(range: $range) { nodes { client { key name } cost { ${COST} } agentsUsed tasks
        revenue { amount } margin { amount } marginRatio costShare revenueShare isDisproportionate } } }`,
      variables: () => ({ range: month }),
    },
    {
      name: 'projectCosts: a month with revenue and margin',
      isDashboard: true,
      document: `query($range: DateRangeInput!) { projectCosts(range: $range) { nodes { project { key name client { key } } cost { ${COST} }
        previous { total { amount } } agentsUsed tasksCompleted costPerTask { amount } revenue { amount } margin { amount } marginRatio } } }`,
      variables: () => ({ range: month }),
    },
    {
      name: 'taskCosts: 30 days, latest 50',
      isDashboard: false,
      document: `query($range: DateRangeInput!) { taskCosts(range: $range) { nodes { task { key name } cost { ${COST} } billed { amount }
        margin { amount } } pageInfo { hasNextPage } } }`,
      variables: sliding(30),
    },
    {
      name: 'taskCosts: 30 days of one client, dearest 50',
      isDashboard: false,
      document: `query($range: DateRangeInput!, $client: String!) { taskCosts(range: $range, clientKey: $client, orderBy: COST) {
        nodes { task { key name } cost { ${COST} } } } }`,
      variables: (round) => ({ ...sliding(30)(round), client: clientKey(round) }),
    },
    {
      name: 'taskCost: one task with its agents',
      isDashboard: false,
      document: `query($key: String!) { taskCost(taskKey: $key) { cost { ${COST} } byAgent { agent { key } direct { amount } }
        billed { amount } margin { amount } marginRatio } }`,
      variables: (round) => ({ key: world.taskKey(round) }),
    },
    {
      name: 'trace: one chain with rated lines',
      isDashboard: false,
      document: `query($id: String!) { trace(traceId: $id) { cost { ${COST} } spans { spanId depth name self { amount } subtree { amount }
        ratedLines { meter quantity unitPrice { amount } amount { amount } } } chainShared { sharedKey cost { amount } reportedBy { key } } } }`,
      variables: (round) => ({ id: world.traceId(round) }),
    },
    {
      name: 'unpricedUsage: 30 days',
      isDashboard: false,
      document: `query($range: DateRangeInput!) { unpricedUsage(range: $range) { provider resource meter invocations quantity } }`,
      variables: sliding(30),
    },
    {
      name: 'fleetCost.conservation: 30 days, reads every event',
      isDashboard: false,
      document: `query($range: DateRangeInput!) { fleetCost(range: $range, compareTo: NONE) { conservation { ledger { amount } balanced } } }`,
      variables: sliding(30),
    },
    {
      name: 'agents, clients, projects: 50 of each',
      isDashboard: false,
      document: `query { agents { nodes { key name } } clients { nodes { key name } } projects { nodes { key name client { key } } } }`,
      variables: () => ({}),
    },
    {
      name: 'recentInvocations: 20',
      isDashboard: false,
      document: `query { recentInvocations { invocationId agent { key } task { key } cost { amount } missingTags } }`,
      variables: () => ({}),
    },
  ]
}
