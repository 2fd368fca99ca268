import { runAllocationJob } from '@outlay/db/allocation/run-job'
import { decodeId } from '../../graphql/ids.ts'
import type { TestServer, TestTenant } from '../../http/server-test-kit.ts'
import { publishPrices } from '../budget/budget-api-kit.ts'

/** The answer of a document without errors. */
export async function ok<T>(tenant: TestTenant, query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const { data, errors } = await tenant.ask(query, variables)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data as T
}

/** An event: a name for it, when, how many tokens at £1 a thousand, and its tags. */
export type Sent = [at: string, tokens: string, tags: Record<string, unknown>]

let sent = 0

export async function send(tenant: TestTenant, events: readonly Sent[]): Promise<void> {
  const invocations = events.map(([occurredAt, quantity, tags]) => ({
    ...{ id: `event ${(sent += 1)}`, provider: 'acme', resource: 'small-1', occurredAt },
    usage: [{ meter: 'input_tokens', quantity }],
    ...tags,
  }))
  const { recordInvocations } = await ok<{ recordInvocations: { accepted: number; unpriced: number } }>(
    tenant,
    'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted unpriced rejected { message } } }',
    { input: { invocations } },
  )
  if (recordInvocations.accepted !== events.length || recordInvocations.unpriced > 0)
    throw new Error(JSON.stringify(recordInvocations))
}

export async function complete(tenant: TestTenant, key: string, at: string, tags: object = {}): Promise<void> {
  const input = { key, status: 'COMPLETED', completedAt: at, ...tags }
  const { upsertTask } = await ok<{ upsertTask: { userErrors: object[] } }>(
    tenant,
    'mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { userErrors { message } } }',
    { input },
  )
  if (upsertTask.userErrors.length > 0) throw new Error(JSON.stringify(upsertTask))
}

/** Splits £100 of October over the agents by their invocations. */
export async function allocateHundred(world: TestServer, tenant: TestTenant): Promise<void> {
  const pool = { name: 'Hosting', category: 'OTHER', month: '2026-10-01', amount: { amount: '100', currency: 'GBP' } }
  const { runAllocation } = await ok<{ runAllocation: { jobId: string } }>(
    tenant,
    `mutation ($pool: CostPoolInput!) { createCostPool(input: $pool) { userErrors { message } }
      runAllocation(input: { month: "2026-10-01" }) { jobId userErrors { message } } }`,
    { pool },
  )
  const ref = { tenantId: tenant.id, jobId: decodeId(runAllocation.jobId)?.uuid ?? '' }
  await runAllocationJob({ pool: world.server.pool }, ref, { signal: new AbortController().signal, publish: () => {} })
}

/** A tenant in London with a price. */
export async function london(world: TestServer): Promise<TestTenant> {
  const tenant = await world.tenant({ timeZone: 'Europe/London' })
  await publishPrices(tenant)
  return tenant
}

export interface ShownCharge {
  engagement: { project: { key: string } | null; client: { key: string } | null; model: string }
  from: string
  to: string
  lineCount: number
  lines: {
    kind: string
    description: string
    task: { key: string } | null
    quantity: string
    unitPrice: { amount: string }
    exact: { amount: string }
    amount: { amount: string }
  }[]
  total: { amount: string }
  creditLeft: { amount: string }
  cost: { total: { amount: string }; direct: { amount: string }; allocated: { amount: string } }
  margin: { amount: string }
  marginRatio: string | null
}

const CHARGES = `query ($month: Date!, $projectKey: String, $clientKey: String) {
  charges(month: $month, projectKey: $projectKey, clientKey: $clientKey) {
    total { amount } margin { amount }
    charges {
      engagement { project { key } client { key } model } from to lineCount
      lines { kind description task { key } quantity unitPrice { amount } exact { amount } amount { amount } }
      total { amount } creditLeft { amount } cost { total { amount } direct { amount } allocated { amount } } margin { amount } marginRatio
    }
  }
}`

export interface ShownMonth {
  total: { amount: string }
  margin: { amount: string }
  charges: ShownCharge[]
}

export async function charges(
  tenant: TestTenant,
  month: string,
  of: { projectKey?: string; clientKey?: string } = {},
): Promise<ShownMonth> {
  return (await ok<{ charges: ShownMonth }>(tenant, CHARGES, { month, ...of })).charges
}

export interface Said {
  engagement: { id: string; effectiveTo: string | null } | null
  userErrors: { code: string; message: string; field: string[] | null }[]
}

const SET = `mutation ($input: EngagementInput!) { setEngagement(input: $input) {
  engagement { id effectiveTo } userErrors { code message field } } }`

/** Sets terms, or hears why not. */
export async function trySet(tenant: TestTenant, input: object): Promise<Said> {
  return (await ok<{ setEngagement: Said }>(tenant, SET, { input })).setEngagement
}

/** Sets terms and answers their id. */
export async function set(tenant: TestTenant, input: object): Promise<string> {
  const said = await trySet(tenant, input)
  if (said.engagement === null) throw new Error(JSON.stringify(said.userErrors))
  return said.engagement.id
}

/** `TASK 1 × 50.00 = 50.00` */
export function written({ lines }: ShownCharge): string[] {
  return lines.map(
    ({ kind, quantity, unitPrice, amount }) => `${kind} ${quantity} × ${unitPrice.amount} = ${amount.amount}`,
  )
}
