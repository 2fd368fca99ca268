import type { TestTenant } from '../../http/server-test-kit.ts'

/** An instant of a day that lies so many days back, in UTC. */
export const daysAgo = (days: number, time = '10:00:00'): string => `${dayAgo(days)}T${time}Z`
export const dayAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

const RATE = {
  provider: 'acme',
  resource: 'small-1',
  meter: 'input_tokens',
  price: { amount: '1', currency: 'GBP' },
  per: '1000',
  effectiveFrom: '2020-01-01T00:00:00Z',
}

let sent = 0

/** A tenant's spending: `pounds` on a day, of an agent for a client's project. */
export async function spend(tenant: TestTenant, pounds: number, at: string, tags: object = {}): Promise<void> {
  await spendAll(tenant, [{ pounds, at, tags }])
}

export async function spendAll(
  tenant: TestTenant,
  spent: readonly { pounds: number; at: string; tags?: object }[],
): Promise<void> {
  const invocations = spent.map(({ pounds, at, tags = {} }) => ({
    id: `event ${(sent += 1)}`,
    agent: 'writer',
    client: 'northwind',
    project: 'launch',
    provider: 'acme',
    resource: 'small-1',
    occurredAt: at,
    usage: [{ meter: 'input_tokens', quantity: String(pounds * 1_000) }],
    ...tags,
  }))
  const { data, errors } = await tenant.ask(
    'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted unpriced rejected { message } } }',
    { input: { invocations } },
  )
  const said = JSON.stringify({ data, errors })
  if (errors.length > 0 || said.includes('message')) throw new Error(said)
}

/** Prices 1,000 tokens at £1. */
export async function publishPrices(tenant: TestTenant): Promise<void> {
  const { errors, data } = await tenant.ask(
    'mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates: [RATE] },
  )
  const said = JSON.stringify({ data, errors })
  if (said.includes('message')) throw new Error(said)
}

/** The answer of one mutation: what it made, and what it refused. */
export async function change(
  tenant: TestTenant,
  document: string,
  variables: Record<string, unknown>,
): Promise<Record<string, never>> {
  const { data, errors } = await tenant.ask(document, variables)
  if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors))
  return Object.values(data)[0] as unknown as Record<string, never>
}
