import type { Delivery, Item } from '../oracle/delivery.ts'
import type { TenantClient } from './tenant-client.ts'

/** What Outlay answered to a batch, in the words of the contract. */
export interface RecordAnswer {
  accepted: number
  duplicates: number
  unpriced: number
  rejected: { index: number; id: string | null; code: string; message: string }[]
}

/** Sends one delivery the way it says; the answer of a batch, null for the rest. Throws unless it succeeded as a whole. */
export async function deliver(tenant: TenantClient, delivery: Delivery): Promise<RecordAnswer | null> {
  switch (delivery.kind) {
    case 'rates':
      await mutate(tenant, 'publishRates', 'PublishRatesInput', { rates: delivery.rates })
      return null
    case 'fxRates':
      await mutate(tenant, 'publishFxRates', 'PublishFxRatesInput', { rates: delivery.rates })
      return null
    case 'task':
      await mutate(tenant, 'upsertTask', 'UpsertTaskInput', delivery.change)
      return null
    case 'batch':
      return sendBatch(tenant, delivery)
    default:
      return delivery satisfies never
  }
}

async function mutate(tenant: TenantClient, name: string, input: string, value: object): Promise<void> {
  const data = await tenant.gql<Record<string, { userErrors: unknown[] }>>(
    `mutation ($input: ${input}!) { ${name}(input: $input) { userErrors { code message field } } }`,
    { input: value },
  )
  const errors = data[name]?.userErrors ?? ['no payload']
  if (errors.length > 0) throw new Error(`${name}: ${JSON.stringify(errors)}`)
}

async function sendBatch(tenant: TenantClient, batch: Delivery & { kind: 'batch' }): Promise<RecordAnswer> {
  const items = batch.items.map((delivered) => delivered.item)
  if (batch.channel === 'GRAPHQL') return recordInvocations(tenant, items as Item[])
  const isNdjson = batch.channel === 'NDJSON'
  const answer = await tenant.post(
    '/v1/invocations',
    isNdjson ? items.map((item) => `${JSON.stringify(item)}\n`).join('') : items,
    { gzip: batch.gzip, headers: { 'content-type': isNdjson ? 'application/x-ndjson' : 'application/json' } },
  )
  if (answer.status !== 200) throw new Error(`POST /v1/invocations: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as RecordAnswer
}

export async function recordInvocations(tenant: TenantClient, invocations: readonly Item[]): Promise<RecordAnswer> {
  const data = await tenant.gql<{ recordInvocations: RecordAnswer }>(
    `mutation ($input: RecordInvocationsInput!) {
      recordInvocations(input: $input) { accepted duplicates unpriced rejected { index id code message } }
    }`,
    { input: { invocations } },
  )
  return data.recordInvocations
}

/** Every node of a connection, page by page. `query` takes $after and selects `list { nodes pageInfo }` under `field`. */
export async function everyPage<T>(
  tenant: TenantClient,
  query: string,
  variables: Record<string, unknown>,
  field: string,
): Promise<T[]> {
  const nodes: T[] = []
  let after: string | null = null
  for (let page = 0; page < 1000; page += 1) {
    const data: Record<string, Connection<T>> = await tenant.gql(query, { ...variables, after })
    const connection = data[field]
    if (connection === undefined) throw new Error(`The answer has no ${field}.`)
    nodes.push(...connection.nodes)
    if (!connection.pageInfo.hasNextPage) return nodes
    after = connection.pageInfo.endCursor
  }
  throw new Error(`${field} does not end.`)
}

interface Connection<T> {
  nodes: T[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}
