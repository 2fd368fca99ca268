import { setTimeout as sleep } from 'node:timers/promises'
import { TenantClient } from '../../support/tenant-client.ts'
import type { Things } from './pages.ts'

/** What the two tenants have and the bench cannot choose. */
export interface Known {
  agent: string
  client: string
  project: string
  task: string
  /** One invocation of that task. */
  event: string
}

const ALERT_MS_MAX = 120_000

/**
 * Makes one of everything that a page shows by its id: through the API, as a person would, so that the pages show what the worker made of
 * it. Throws with the API's own words when it refuses.
 */
export async function makeThings(tenant: TenantClient, known: Known): Promise<Things> {
  const { tenant: facts } = await tenant.gql<{ tenant: { currency: string; today: string } }>(
    '{ tenant { currency today } }',
  )
  const { currency, today } = facts
  const first = firstOfLastMonth(today)
  const money = (amount: string) => ({ amount, currency })
  const budget = await made(tenant, 'setBudget', 'BudgetInput', 'budget', {
    scope: 'FLEET',
    window: 'MONTH',
    amount: money('0.01'),
  })
  const plan = await made(tenant, 'createPlan', 'CreatePlanInput', 'plan', { name: 'Bench' })
  const channel = await made(tenant, 'createChannel', 'ChannelInput', 'channel', {
    name: 'Bench',
    kind: 'EMAIL',
    target: 'bench@outlay.invalid',
  })
  const pool = await made(tenant, 'createCostPool', 'CostPoolInput', 'costPool', {
    name: 'Bench hosting',
    category: 'ORCHESTRATION',
    recurrence: 'MONTHLY',
    month: first,
    amount: money('104.60'),
    method: 'USAGE',
    basis: 'INVOCATIONS',
  })
  await tenant.gql(
    'mutation ($input: RunAllocationInput!) { runAllocation(input: $input) { jobId userErrors { message } } }',
    { input: { month: first, poolIds: [pool], wait: true } },
  )
  const draft = await made(tenant, 'saveRateCardDraft', 'RateCardDraftInput', 'rateCard', {
    provider: 'bench-drafts',
    rates: [
      {
        provider: 'bench-drafts',
        resource: 'model',
        meter: 'requests',
        price: money('0.01'),
        effectiveFrom: `${today}T00:00:00Z`,
      },
    ],
  })
  const rerating = await made(tenant, 'previewRerating', 'PreviewReratingInput', 'rerating', {
    range: { from: first, to: `${first.slice(0, 8)}08` },
    wait: true,
  })
  const report = await made(tenant, 'requestReport', 'RequestReportInput', 'report', {
    kind: 'FINANCE_PACK',
    range: { from: first, to: `${today.slice(0, 8)}01` },
  })
  await crossBudget(tenant, known)
  const alert = await openAlert(tenant)
  const ids = { budget, plan, channel, pool, draft, rerating, report, alert }
  return { ...known, ...ids, month: first.slice(0, 7) }
}

async function made(
  tenant: TenantClient,
  mutation: string,
  inputType: string,
  field: string,
  input: Record<string, unknown>,
): Promise<string> {
  const answer = await tenant.gql<
    Record<string, Record<string, { id: string } | null> & { userErrors: { message: string }[] }>
  >(`mutation ($input: ${inputType}!) { ${mutation}(input: $input) { ${field} { id } userErrors { message } } }`, {
    input,
  })
  const id = answer[mutation]?.[field]?.id
  if (id === undefined) throw new Error(`${mutation}: ${JSON.stringify(answer[mutation]?.userErrors)}`)
  return id
}

/** One event of now makes the worker look at the budget. */
async function crossBudget(tenant: TenantClient, { agent, client }: Known): Promise<void> {
  const now = Date.now()
  const { status, body } = await tenant.post('/v1/invocations', [
    {
      id: `bench-crossing-${now}`,
      agent,
      client,
      occurredAt: new Date(now).toISOString(),
      kind: 'TOOL',
      provider: 'bench-tools',
      resource: 'search',
      usage: [{ meter: 'requests', quantity: 1 }],
    },
  ])
  if (status !== 200) throw new Error(`The event was not taken: ${status} ${JSON.stringify(body)}`)
}

async function openAlert(tenant: TenantClient): Promise<string> {
  const until = Date.now() + ALERT_MS_MAX
  for (;;) {
    const { alerts } = await tenant.gql<{ alerts: { nodes: { id: string }[] } }>(
      '{ alerts(first: 1, isOpen: true) { nodes { id } } }',
    )
    const [alert] = alerts.nodes
    if (alert !== undefined) return alert.id
    if (Date.now() > until) throw new Error(`The budget of ${tenant.key} raised no alert.`)
    await sleep(200)
  }
}

function firstOfLastMonth(today: string): string {
  const [year = 0, month = 0] = today.split('-').map(Number)
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 10)
}
