import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { askQuestion } from '@outlay/db/audience/client-links'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { decodeId } from '@outlay/server/graphql/ids'
import type { Item } from '../oracle/delivery.ts'
import { deliver } from '../support/deliver.ts'
import { plainRate } from '../support/items.ts'
import type { Outlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'

/** What a caller can name: records of one tenant, some under names only it has, some under names that all tenants use. */
export type Thing =
  'invocation' | 'agent' | 'client' | 'project' | 'task' | 'trace' | 'provider' | 'resource' | 'apiKey'

export interface World {
  number: number
  tenant: TenantClient
  /** A text that occurs in names of this tenant and nowhere else. */
  canary: string
  /** The sums that one and two events of this tenant make, which no other tenant has. */
  amounts: [string, string]
  own: Record<Thing, string>
  /** Our ids of the tenant's records. */
  ids: Record<
    | 'agent'
    | 'client'
    | 'project'
    | 'task'
    | 'apiKey'
    | 'tenant'
    | 'rateCard'
    | 'rerating'
    | 'export'
    | 'report'
    | 'channel'
    | 'budget'
    | 'alert'
    | 'annotation'
    | 'engagement'
    | 'clientLink'
    | 'plan'
    | 'costPool'
    | 'allocationPolicy'
    | 'allocationJob'
    | 'allocationRun',
    string
  >
  /** The first page's end of each list that can be continued. */
  cursors: Record<string, string>
}

/** Names that all tenants use for records of their own. */
export const common: Record<Thing, string> = {
  invocation: 'event',
  agent: 'common agent',
  client: 'common client',
  project: 'common project',
  task: 'common task',
  trace: 'common-trace',
  provider: 'acme',
  resource: 'small-1',
  apiKey: 'common key',
}

/** Names that nobody uses, as long as a real one. */
export const missing: Record<Thing, string> = {
  invocation: 'canary-000-event',
  agent: 'agent of canary-000-',
  client: 'client of canary-000-',
  project: 'project of canary-000-',
  task: 'task of canary-000-',
  trace: 'trace-of-canary-000-',
  provider: 'provider-canary-000-',
  resource: 'resource-canary-000-',
  apiKey: 'key of canary-000-',
}

/** A month that every tenant has closed, with events from before the close and after it. */
export const closedMonth = '2026-09-01'

export const month = { from: '2026-10-01', to: '2026-11-01' }

/** A tenant with the same shape as all others and amounts and names of its own. */
export async function makeWorld(outlay: Outlay, number: number): Promise<World> {
  const tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
  const canary = `canary-${String(number).padStart(3, '0')}-`
  const own: World['own'] = {
    invocation: `${canary}event`,
    agent: `agent of ${canary}`,
    client: `client of ${canary}`,
    project: `project of ${canary}`,
    task: `task of ${canary}`,
    trace: `trace-of-${canary}`,
    provider: `provider-${canary}`,
    resource: `resource-${canary}`,
    apiKey: `key of ${canary}`,
  }
  const ownRate = { ...plainRate('GBP'), provider: own.provider, resource: own.resource }
  await deliver(tenant, { kind: 'rates', rates: [plainRate('GBP'), ownRate] })
  const quantity = String(1_000 + number)
  const events = [own, common].flatMap((names, index) => [
    event(names.invocation, names, quantity),
    // A second agent, client and so on, so that every list has a second page.
    event(`${index === 0 ? canary : ''}second`, withSuffix(names), quantity),
  ])
  await deliver(tenant, {
    kind: 'batch',
    channel: 'JSON',
    gzip: false,
    items: events.map((item) => ({ kind: 'sound', item })),
  })
  await closeMonth(tenant, { own, canary, quantity })
  return {
    number,
    tenant,
    canary,
    amounts: [`1.${quantity.slice(1)}`, (BigInt(quantity) * 2n).toString().replace(/(\d{3})$/, '.$1')],
    own,
    ...(await readNames(outlay, tenant, own)),
  }
}

/** Two agents in a closed month, and an event of each that came after the close, in an hour of its own. */
async function closeMonth(
  tenant: TenantClient,
  { own, canary, quantity }: Pick<World, 'own' | 'canary'> & { quantity: string },
): Promise<void> {
  const both = (id: string) =>
    [own, withSuffix(own)].map((names, index) => ({
      ...event(`${canary}${id} ${index}`, { ...names, trace: `${names.trace} ${id}` }, quantity),
      occurredAt: `2026-09-10T1${index}:00:00Z`,
    }))
  await tenant.post('/v1/invocations', both('early'))
  const { closePeriod } = await tenant.gql<{ closePeriod: { userErrors: object[] } }>(
    `mutation { closePeriod(input: { month: "${closedMonth}" }) { userErrors { message } } }`,
  )
  if (closePeriod.userErrors.length > 0) throw new Error(JSON.stringify(closePeriod.userErrors))
  await tenant.post('/v1/invocations', both('late'))
}

function event(id: string, names: World['own'], quantity: string): Item {
  const { agent, client, project, task, trace, provider, resource } = names
  const usage = [{ meter: 'input_tokens', quantity }]
  const tags = { agent, client, project, task, trace, provider, resource, name: agent }
  return { id, ...tags, span: 'root', kind: 'MODEL', occurredAt: '2026-10-10T10:00:00Z', usage }
}

function withSuffix(names: World['own']): World['own'] {
  const more = (name: string): string => `${name}+`
  return {
    ...names,
    agent: more(names.agent),
    client: more(names.client),
    project: more(names.project),
    task: more(names.task),
    trace: more(names.trace),
  }
}

/** A budget that an agent has gone over in the month. */
export function budgetOf({ agent }: Pick<World['own'], 'agent'>): object {
  const amount = { amount: '0.01', currency: 'GBP' }
  return { scope: 'AGENT', key: agent, window: 'CUSTOM', period: month, amount, note: `budget of ${agent}` }
}

/** A budget and an annotation of an agent; the budget alerts at once. */
async function watch(
  tenant: TenantClient,
  agent: string,
): Promise<{ budget: string; alert: string; annotation: string }> {
  type Made = {
    setBudget: { budget: { id: string; crossings: { alert: { id: string } }[] } }
    addAnnotation: { annotation: { id: string } }
  }
  const { setBudget, addAnnotation } = await tenant.gql<Made>(
    `mutation ($budget: BudgetInput!, $annotation: AnnotationInput!) {
      setBudget(input: $budget) { budget { id crossings { alert { id } } } }
      addAnnotation(input: $annotation) { annotation { id } }
    }`,
    {
      budget: budgetOf({ agent }),
      annotation: { scope: 'AGENT', key: agent, day: month.from, note: `launch of ${agent}` },
    },
  )
  return {
    budget: setBudget.budget.id,
    alert: setBudget.budget.crossings[0]?.alert.id ?? '',
    annotation: addAnnotation.annotation.id,
  }
}

/** Terms of a project that pass its direct cost on. */
export function termsOf({ project }: Pick<World['own'], 'project'>): object {
  const terms = { model: 'PASS_THROUGH', basis: 'DIRECT' }
  return { projectKey: project, effectiveFrom: month.from, terms, note: `terms of ${project}` }
}

/** The first day of the next month, with which a plan begins. */
export const nextMonth = addMonths(firstOfMonth(new Date().toISOString().slice(0, 10)), 1)

async function planAhead(tenant: TenantClient, { client, agent }: World['own']): Promise<string> {
  const change = { driver: 'VOLUME', pace: 'ONCE', percent: '5', from: nextMonth, clientKey: client, agentKey: agent }
  const { createPlan } = await tenant.gql<{ createPlan: { plan: { id: string } } }>(
    'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }',
    { input: { name: `plan of ${agent}`, startsOn: nextMonth, scenarios: [{ name: 'More', changes: [change] }] } },
  )
  return createPlan.plan.id
}

async function agreeOn(tenant: TenantClient, names: Pick<World['own'], 'project'>): Promise<string> {
  const { setEngagement } = await tenant.gql<{ setEngagement: { engagement: { id: string } } }>(
    'mutation ($input: EngagementInput!) { setEngagement(input: $input) { engagement { id } } }',
    { input: termsOf(names) },
  )
  return setEngagement.engagement.id
}

/** A link by which a client sees its months. */
async function publishLink(tenant: TenantClient, { client }: Pick<World['own'], 'client'>): Promise<string> {
  const { publishClientLink } = await tenant.gql<{ publishClientLink: { link: { id: string } } }>(
    'mutation ($input: PublishClientLinkInput!) { publishClientLink(input: $input) { link { id } } }',
    { input: { clientKey: client, label: `link of ${client}`, firstMonth: '2020-01-01', days: 30 } },
  )
  return publishClientLink.link.id
}

/** What somebody with the link of a client asks; the page itself takes so many questions of one address only. */
async function askedBy(
  outlay: Outlay,
  tenant: TenantClient,
  { link, client, body }: { link: string; client: string; body: string },
): Promise<void> {
  const found = await tenant.gql<{ tenant: { id: string }; client: { id: string } }>(
    'query ($key: String!) { tenant { id } client(key: $key) { id } }',
    { key: client },
  )
  const uuid = (id: string): string => decodeId(id)?.uuid ?? ''
  const pool = new TenantPool({ url: outlay.database.appUrl, max: 1 })
  const by = { linkId: uuid(link), email: null }
  const asked = { clientId: uuid(found.client.id), month: month.from, body, by }
  const { userErrors } = await askQuestion({ pool }, uuid(found.tenant.id), asked)
  await pool.end()
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
}

/** A channel for what one agent does. */
export function channelOf({ agent }: Pick<World['own'], 'agent'>, name = `channel of ${agent}`): object {
  return { name, kind: 'EMAIL', target: 'ops@example.com', scopes: [{ scope: 'AGENT', key: agent }] }
}

/** A pool of the month that an agent alone shares. */
export function poolOf({ agent }: Pick<World['own'], 'agent'>, name: string): object {
  const amount = { amount: '12.34', currency: 'GBP' }
  return { name, category: 'OTHER', month: month.from, recurrence: 'MONTHLY', amount, scope: [agent] }
}

async function readNames(
  outlay: Outlay,
  tenant: TenantClient,
  own: World['own'],
): Promise<Pick<World, 'ids' | 'cursors'>> {
  type Named = { id: string }
  type Page = { pageInfo: { endCursor: string } }
  const data = await tenant.gql<Record<'agent' | 'client' | 'project' | 'task' | 'tenant', Named>>(
    `query ($agent: String!, $client: String!, $project: String!, $task: String!) {
      agent(key: $agent) { id } client(key: $client) { id } project(key: $project) { id } task(key: $task) { id } tenant { id }
    }`,
    { agent: own.agent, client: own.client, project: own.project, task: own.task },
  )
  const pages = await tenant.gql<Record<string, Page>>(
    `query ($range: DateRangeInput!) {
      agents(first: 1) { pageInfo { endCursor } } clients(first: 1) { pageInfo { endCursor } }
      projects(first: 1) { pageInfo { endCursor } } tasks(first: 1) { pageInfo { endCursor } }
      agentCosts(range: $range, first: 1) { pageInfo { endCursor } }
      clientCosts(range: $range, first: 1) { pageInfo { endCursor } }
      projectCosts(range: $range, first: 1) { pageInfo { endCursor } }
      taskCosts(range: $range, first: 1) { pageInfo { endCursor } }
    }`,
    { range: month },
  )
  const { period } = await tenant.gql<{ period: { corrections: Page; snapshots: { rows: Page }[] } }>(
    `{ period(month: "${closedMonth}") { corrections(first: 1) { pageInfo { endCursor } }
      snapshots { rows(dimension: AGENT, first: 1) { pageInfo { endCursor } } } } }`,
  )
  const { rateCards } = await tenant.gql<{ rateCards: Named[] }>(
    'query ($provider: String!) { rateCards(provider: $provider) { id } }',
    { provider: own.provider },
  )
  const { createApiKey } = await tenant.gql<{ createApiKey: { apiKey: Named } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }',
    { input: { name: own.apiKey, scopes: ['read'] } },
  )
  const { previewRerating } = await tenant.gql<{ previewRerating: { rerating: Named } }>(
    'mutation ($input: PreviewReratingInput!) { previewRerating(input: $input) { rerating { id } } }',
    { input: { range: month, filter: { agents: [own.agent] } } },
  )
  const { startExport } = await tenant.gql<{ startExport: { export: Named } }>(
    'mutation ($input: StartExportInput!) { startExport(input: $input) { export { id } } }',
    {
      input: {
        ...{ kind: 'invocations', format: 'CSV', range: month },
        filters: [{ name: 'agent', values: [own.agent] }],
      },
    },
  )
  const { requestReport } = await tenant.gql<{ requestReport: { report: Named } }>(
    'mutation ($input: RequestReportInput!) { requestReport(input: $input) { report { id } } }',
    { input: { kind: 'CLIENT_STATEMENT', range: month, clientKey: own.client } },
  )
  // A newer one, so that the list has a second page.
  await tenant.gql(
    'mutation ($input: RequestReportInput!) { requestReport(input: $input) { userErrors { message } } }',
    { input: { kind: 'CLIENT_STATEMENT', range: month, clientKey: common.client } },
  )
  const { createChannel } = await tenant.gql<{ createChannel: { channel: Named } }>(
    'mutation ($input: ChannelInput!) { createChannel(input: $input) { channel { id } } }',
    { input: channelOf(own) },
  )
  const watched = await watch(tenant, own.agent)
  await watch(tenant, common.agent)
  const engagement = await agreeOn(tenant, own)
  await agreeOn(tenant, common)
  const clientLink = await publishLink(tenant, own)
  const commonLink = await publishLink(tenant, common)
  await askedBy(outlay, tenant, { link: clientLink, client: own.client, body: `question of ${own.client}` })
  await askedBy(outlay, tenant, { link: commonLink, client: common.client, body: `question of ${own.client}` })
  const plan = await planAhead(tenant, own)
  const { alerts } = await tenant.gql<{ alerts: Page }>('{ alerts(first: 1) { pageInfo { endCursor } } }')
  const { createCostPool } = await tenant.gql<{ createCostPool: { costPool: Named & { policies: Named[] } } }>(
    'mutation ($input: CostPoolInput!) { createCostPool(input: $input) { costPool { id policies { id } } } }',
    { input: poolOf(own, `pool of ${own.agent}`) },
  )
  const { reports } = await tenant.gql<{ reports: Page }>('{ reports(first: 1) { pageInfo { endCursor } } }')
  const { auditLog } = await tenant.gql<{ auditLog: Page }>('{ auditLog(first: 1) { pageInfo { endCursor } } }')
  const allocation = await allocate(outlay, tenant, { poolId: createCostPool.costPool.id, tenantId: data.tenant.id })
  return {
    ids: {
      ...allocation,
      ...watched,
      engagement,
      clientLink,
      plan,
      costPool: createCostPool.costPool.id,
      allocationPolicy: createCostPool.costPool.policies[0]?.id ?? '',
      agent: data.agent.id,
      client: data.client.id,
      project: data.project.id,
      task: data.task.id,
      tenant: data.tenant.id,
      apiKey: createApiKey.apiKey.id,
      channel: createChannel.channel.id,
      rateCard: rateCards[0]?.id ?? '',
      rerating: previewRerating.rerating.id,
      export: startExport.export.id,
      report: requestReport.report.id,
    },
    cursors: {
      ...Object.fromEntries(Object.entries(pages).map(([list, page]) => [list, page.pageInfo.endCursor])),
      alerts: alerts.pageInfo.endCursor,
      reports: reports.pageInfo.endCursor,
      auditLog: auditLog.pageInfo.endCursor,
      corrections: period.corrections.pageInfo.endCursor,
      rows: period.snapshots[0]?.rows.pageInfo.endCursor ?? '',
    },
  }
}

/** Runs the tenant's pool, as a worker does. */
async function allocate(
  outlay: Outlay,
  tenant: TenantClient,
  { poolId, tenantId }: { poolId: string; tenantId: string },
): Promise<{ allocationJob: string; allocationRun: string }> {
  const { runAllocation } = await tenant.gql<{ runAllocation: { jobId: string } }>(
    'mutation ($input: RunAllocationInput!) { runAllocation(input: $input) { jobId } }',
    { input: { month: month.from, poolIds: [poolId] } },
  )
  const pool = new TenantPool({ url: outlay.database.appUrl, max: 1 })
  const uuid = (id: string): string => decodeId(id)?.uuid ?? ''
  const ref = { tenantId: uuid(tenantId), jobId: uuid(runAllocation.jobId) }
  await runAllocationJob({ pool }, ref, { signal: new AbortController().signal, publish: () => {} })
  await pool.end()
  const { allocationRuns } = await tenant.gql<{ allocationRuns: { id: string }[] }>(
    `{ allocationRuns(month: "${month.from}") { id } }`,
  )
  return { allocationJob: runAllocation.jobId, allocationRun: allocationRuns[0]?.id ?? '' }
}
