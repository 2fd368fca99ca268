import { expect } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '@outlay/server/http/server-test-kit'

/** The month of every event here, in UTC. */
const RANGE = { from: '2026-03-01', to: '2026-04-01' }
const NOON = Date.parse('2026-03-10T12:00:00Z')

/** What an invocation came to: its price, and the arithmetic of each line as `meter quantity × unit price = amount (source)`. */
interface Priced {
  status: string
  cost: string | null
  lines: string[]
  /** Meters without a price. */
  unpriced: string[]
}

interface Fleet {
  total: string
  tokens: string
  invocations: string
  unpriced: string
}

export interface PainSpan {
  /** 16 hexadecimal digits, or fewer. */
  id: string
  parent?: string
  trace?: string
  scope?: string
  attributes: Record<string, unknown>
}

interface PainRate {
  provider?: string
  resource?: string
  meter: string
  /** US dollars for a million. */
  perMillion: string
  from?: string
  abovePromptTokens?: string
  qualifiers?: Record<string, string>
}

export const TRACE = '5b8aa5a2d2c872e8321cf37308d69df2'

/** One server for a file of tests; each test takes a tenant of its own, so what it counts is what it sent. */
export class PainServer {
  #server: TestServer | null = null

  async start(): Promise<void> {
    this.#server = await startTestServer()
  }

  async stop(): Promise<void> {
    await this.#server?.close()
  }

  async tenant(): Promise<PainTenant> {
    if (this.#server === null) throw new Error('The server is not started.')
    return new PainTenant(this.#server.url, await this.#server.tenant({ currency: 'USD', timeZone: 'Etc/UTC' }))
  }
}

/** A firm that sends usage and reads the number. */
export class PainTenant {
  readonly #url: string
  readonly #tenant: TestTenant

  constructor(url: string, tenant: TestTenant) {
    this.#url = url
    this.#tenant = tenant
  }

  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors } = await this.#tenant.ask(query, variables)
    expect(errors).toEqual([])
    return data as T
  }

  async publish(...rates: PainRate[]): Promise<void> {
    const { publishRates } = await this.ask<{ publishRates: { userErrors: unknown[] } }>(
      'mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { code message field } } }',
      {
        rates: rates.map(({ provider, resource, meter, perMillion, from, abovePromptTokens, qualifiers }) => ({
          provider: provider ?? 'lab',
          resource: resource ?? 'large',
          meter,
          price: { amount: perMillion, currency: 'USD' },
          per: '1000000',
          effectiveFrom: from ?? '2020-01-01T00:00:00Z',
          ...(abovePromptTokens === undefined ? {} : { abovePromptTokens }),
          ...(qualifiers === undefined ? {} : { qualifiers }),
        })),
      },
    )
    expect(publishRates.userErrors).toEqual([])
  }

  /** Sends one call as JSON and answers what it came to. `usage` is `{ meter: quantity }`. */
  async price(call: {
    usage: Record<string, number | string>
    provider?: string
    resource?: string
    qualifiers?: Record<string, string>
    at?: string
    tags?: Record<string, string>
    kind?: string
  }): Promise<Priced> {
    const id = `call-${Math.random().toString(36).slice(2)}`
    await this.record({ id, ...call })
    return this.priced(id)
  }

  async record(
    ...calls: (Parameters<PainTenant['price']>[0] & { id: string; trace?: string; parent?: string })[]
  ): Promise<void> {
    const items = calls.map(({ id, usage, provider, resource, qualifiers, at, tags, kind, trace, parent }) => ({
      id,
      trace: trace ?? id,
      span: id,
      ...(parent === undefined ? {} : { parentSpan: parent }),
      kind: kind ?? 'MODEL',
      provider: provider ?? 'lab',
      resource: resource ?? 'large',
      occurredAt: at ?? new Date(NOON).toISOString(),
      usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity })),
      ...(qualifiers === undefined ? {} : { qualifiers }),
      ...tags,
    }))
    const answer = await this.#post('/v1/invocations', items)
    expect(answer).toMatchObject({ accepted: items.length, rejected: [] })
  }

  /** Exports spans as OTLP/JSON, twice as exporters do after a lost answer, and expects them to be taken. */
  async export(...spans: PainSpan[]): Promise<void> {
    for (let time = 0; time < 2; time += 1) expect(await this.tryExport(...spans)).toEqual({})
  }

  async tryExport(...spans: PainSpan[]): Promise<unknown> {
    return this.#post('/v1/traces', {
      resourceSpans: [{ scopeSpans: spans.map((span, index) => scopeSpans(span, index)) }],
    })
  }

  /** The only invocation of a trace. */
  async priced(trace: string): Promise<Priced> {
    const spans = await this.spans(trace)
    expect(spans).toHaveLength(1)
    return spans[0]!.priced
  }

  async spans(
    trace: string = TRACE,
  ): Promise<{ id: string; kind: string; billing: string; subtree: string; priced: Priced }[]> {
    const data = await this.ask<{ trace: { spans: SpanAnswer[] } | null }>(
      `query ($trace: String!) { trace(traceId: $trace) { spans {
        spanId kind billing status unpricedMeters self { amount } subtree { amount }
        ratedLines { meter quantity unitPrice { amount } amount { amount } rate { source } }
      } } }`,
      { trace },
    )
    return (data.trace?.spans ?? []).map((span) => ({
      id: span.spanId.replace(/^0+(?=.)/, ''),
      kind: span.kind,
      billing: span.billing,
      subtree: span.subtree.amount,
      priced: {
        status: span.status,
        cost: span.self?.amount ?? null,
        lines: span.ratedLines.map(
          (line) =>
            `${line.meter} ${line.quantity} × ${line.unitPrice.amount} = ${line.amount.amount} (${line.rate.source})`,
        ),
        unpriced: span.unpricedMeters,
      },
    }))
  }

  async fleet(): Promise<Fleet> {
    const data = await this.ask<{ fleetCost: { cost: CostAnswer; conservation: { balanced: boolean } } }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) {
        cost { ${COST} } conservation { balanced } } }`,
      { range: RANGE },
    )
    expect(data.fleetCost.conservation.balanced).toBe(true)
    return fleetOf(data.fleetCost.cost)
  }

  /** Cost by one dimension: `{ key: amount }`, untagged as `none`, and the total that the rows must be. */
  async by(dimension: string): Promise<Record<string, string>> {
    const data = await this.ask<{
      costRollup: { rows: { keys: { key: string | null }[]; cost: CostAnswer }[]; total: CostAnswer }
    }>(
      `query ($range: DateRangeInput!, $by: [Dimension!]!) { costRollup(range: $range, groupBy: $by, top: 100) {
        rows { keys { key } cost { ${COST} } } total { ${COST} } } }`,
      { range: RANGE, by: [dimension] },
    )
    const rows = data.costRollup.rows.map(({ keys, cost }) => [keys[0]?.key ?? 'none', cost.total.amount] as const)
    return { ...Object.fromEntries(rows.sort()), total: data.costRollup.total.total.amount }
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#tenant.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(200)
    return response.json()
  }
}

const COST = 'total { amount } tokens invocations unpricedInvocations'

interface CostAnswer {
  total: { amount: string }
  tokens: string
  invocations: string
  unpricedInvocations: string
}

interface SpanAnswer {
  spanId: string
  kind: string
  billing: string
  status: string
  unpricedMeters: string[]
  self: { amount: string } | null
  subtree: { amount: string }
  ratedLines: {
    meter: string
    quantity: string
    unitPrice: { amount: string }
    amount: { amount: string }
    rate: { source: string }
  }[]
}

function fleetOf({ total, tokens, invocations, unpricedInvocations }: CostAnswer): Fleet {
  return { total: total.amount, tokens, invocations, unpriced: unpricedInvocations }
}

function scopeSpans({ id, parent, trace, scope, attributes }: PainSpan, index: number) {
  const start = BigInt(NOON + index) * 1_000_000n
  const hex = (name: string) => name.padStart(16, '0')
  return {
    scope: { name: scope ?? 'pains' },
    spans: [
      {
        traceId: trace ?? TRACE,
        spanId: hex(id),
        ...(parent === undefined ? {} : { parentSpanId: hex(parent) }),
        name: String(attributes['gen_ai.operation.name'] ?? attributes['ai.operationId'] ?? 'step'),
        startTimeUnixNano: String(start),
        endTimeUnixNano: String(start + 1_000_000_000n),
        attributes: Object.entries(attributes).map(([key, value]) => ({
          key,
          value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: String(value) },
        })),
      },
    ],
  }
}
