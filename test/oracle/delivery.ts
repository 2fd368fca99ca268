/** What a sender delivers, in arrival order: the common language of the generator, the oracle and the test kit. */

export type Kind = 'MODEL' | 'EMBEDDING' | 'TOOL' | 'RETRIEVAL' | 'AGENT' | 'OTHER'
export type Channel = 'JSON' | 'NDJSON' | 'GRAPHQL'

export interface Usage {
  meter: string
  quantity: string
}

/** An item as `POST /v1/invocations` and `recordInvocations` take it. */
export interface Item {
  id: string
  agent?: string
  task?: string
  client?: string
  project?: string
  trace?: string
  span?: string
  parentSpan?: string
  kind?: Kind
  provider?: string
  resource?: string
  name?: string
  occurredAt: string
  endedAt?: string
  usage: Usage[]
  sharedKey?: string
  qualifiers?: Record<string, string>
}

export interface PublishedRate {
  provider: string
  resource: string
  meter: string
  price: { amount: string; currency: string }
  per: string
  effectiveFrom: string
  effectiveTo?: string
  abovePromptTokens?: string
  qualifiers?: Record<string, string>
}

/** 1 base = `rate` quote on a UTC date. */
export interface PublishedFxRate {
  base: string
  quote: string
  date: string
  rate: string
}

export interface TaskChange {
  key: string
  name?: string
  client?: string
  project?: string
  status?: 'OPEN' | 'COMPLETED' | 'FAILED' | 'CANCELLED'
  completedAt?: string
  billed?: { amount: string; currency: string }
}

export type Delivered =
  | { kind: 'sound'; item: Item }
  /** Wrong in itself whatever was recorded before; `item` is sent as it stands and must be refused. */
  | { kind: 'malformed'; item: unknown; why: string }

export type Delivery =
  | { kind: 'rates'; rates: PublishedRate[] }
  | { kind: 'fxRates'; rates: PublishedFxRate[] }
  | { kind: 'task'; change: TaskChange }
  | { kind: 'batch'; channel: Channel; gzip: boolean; items: Delivered[] }

export interface TenantFacts {
  currency: string
  timeZone: string
}
