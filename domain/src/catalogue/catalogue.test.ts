import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { calcPrice, findProvider, type Usage } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { makeCatalogue, publishedOn } from '../../scripts/import-catalogue.mjs'
import { formatFixed18 } from '../money/fixed18.ts'
import { parseInstant } from '../periods/instant.ts'
import { compileRateBook } from '../rating/rate-book.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { formatUnitPrice } from '../usage/unit-price.ts'
import { compileCatalogue } from './catalogue.ts'
import { catalogueData } from './catalogue-data.ts'

const text = readFileSync(new URL('../../data/catalogue.json', import.meta.url), 'utf8')
const data = catalogueData.parse(JSON.parse(text))
const catalogue = compileCatalogue(data)
const book = compileRateBook({ rates: [], catalogue, fx: [], currency: 'USD' })

/** Disjoint quantities (law L5), as an event has them. */
type Disjoint = Readonly<Record<string, number>>

function ours(provider: string | null, resource: string, at: string, usage: Disjoint) {
  return book.rateUsage({
    provider,
    resource,
    kind: 'MODEL',
    occurredAtMicros: parseInstant(at),
    usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity: parseQuantity(quantity) })),
    qualifiers: {},
  })
}

/** The same usage as genai-prices takes it: each total includes its parts. */
function inclusive(usage: Disjoint): Usage {
  const sum = (...meters: string[]) => meters.reduce((all, meter) => all + (usage[meter] ?? 0), 0)
  const cacheWrite = sum('cache_write_tokens', 'cache_write_1h_tokens')
  return {
    input_tokens:
      sum('input_tokens', 'cache_read_tokens', 'input_audio_tokens', 'cache_read_audio_tokens') + cacheWrite,
    cache_read_tokens: sum('cache_read_tokens', 'cache_read_audio_tokens'),
    cache_write_tokens: cacheWrite,
    cache_write_1h_tokens: sum('cache_write_1h_tokens'),
    input_audio_tokens: sum('input_audio_tokens', 'cache_read_audio_tokens'),
    cache_audio_read_tokens: sum('cache_read_audio_tokens'),
    output_tokens: sum('output_tokens', 'reasoning_tokens', 'output_audio_tokens'),
    output_reasoning_tokens: sum('reasoning_tokens'),
    output_audio_tokens: sum('output_audio_tokens'),
    web_searches: sum('web_searches'),
    storage_searches: sum('storage_searches'),
  }
}

function theirs(provider: string, resource: string, at: string, usage: Disjoint) {
  return calcPrice(inclusive(usage), resource, { providerId: provider, timestamp: new Date(at) })
}

// The only floats near money in this repository: genai-prices computes with them, so agreement is to 1e-9 of the amount.
function expectSamePrice(amount: bigint | null, reference: number | undefined): void {
  expect(reference).toBeDefined()
  expect(amount).not.toBeNull()
  const difference = Math.abs(Number(formatFixed18(amount ?? 0n)) - (reference ?? 0))
  expect(difference).toBeLessThanOrEqual(1e-9 * Math.max(1, reference ?? 0))
}

describe('the catalogue file', () => {
  it('is what the script makes from the installed package', async () => {
    expect(await makeCatalogue()).toBe(text)
  })

  it('says when its prices were published, and what to add for a version it does not know', () => {
    expect(data.publishedOn).toBe('2026-09-23')
    expect(() => publishedOn('9.9.9')).toThrow(
      `Nobody has said when @pydantic/genai-prices 9.9.9 was published; add "'9.9.9': 'YYYY-MM-DD'" to PUBLISHED_ON`,
    )
  })

  it('names each rate by an id of its own', () => {
    expect(new Set(catalogue.rates.map(({ id }) => id)).size).toBe(catalogue.rates.length)
    expect(catalogue.rates.length).toBeGreaterThan(4000)
  })

  it('states no price it could only approximate, and says which', () => {
    expect(data.leftOut).toContainEqual({
      provider: 'deepseek',
      model: 'deepseek-chat',
      price: '*',
      reason: 'the price depends on the time of day',
    })
    expect(ours('deepseek', 'deepseek-chat', '2026-03-01T12:00:00Z', { input_tokens: 1 }).status).toBe('UNPRICED')
    expect(ours('groq', 'whisper-large-v3', '2026-03-01T12:00:00Z', { seconds: 1 }).status).toBe('UNPRICED')
  })

  it('lets no other price stand in for one it left out', () => {
    const usage = { input_tokens: 10, cache_write_tokens: 10 }
    expect(ours('openrouter', 'google/gemini-3.5-flash', '2026-06-01T00:00:00Z', { input_tokens: 10 }).status).toBe(
      'RATED',
    )
    expect(ours('openrouter', 'google/gemini-3.5-flash', '2026-06-01T00:00:00Z', usage).status).toBe('UNPRICED')
  })
})

describe('prices of common models', () => {
  const chat = { input_tokens: 1200, cache_read_tokens: 300, output_tokens: 450, reasoning_tokens: 50 }
  const cached = {
    input_tokens: 5,
    cache_read_tokens: 4000,
    cache_write_tokens: 700,
    cache_write_1h_tokens: 30,
    output_tokens: 255,
  }
  const long = { input_tokens: 150_000, cache_read_tokens: 60_000, output_tokens: 1000 }
  const audio = { input_tokens: 20, input_audio_tokens: 900, output_tokens: 10, output_audio_tokens: 400 }

  it.each<[string, string, string, Disjoint]>([
    ['openai', 'gpt-4o', '2026-03-01T00:00:00Z', chat],
    ['openai', 'gpt-4o-2024-08-06', '2026-03-01T00:00:00Z', chat],
    ['openai', 'gpt-4o-20240806', '2026-03-01T00:00:00Z', chat],
    ['openai', 'gpt-4o-mini', '2026-03-01T00:00:00Z', chat],
    ['openai', 'gpt-4.1', '2026-03-01T00:00:00Z', chat],
    ['openai', 'o3', '2025-06-09T23:59:59.999Z', chat],
    ['openai', 'o3', '2025-06-10T00:00:00Z', chat],
    ['openai', 'gpt-5', '2026-03-01T00:00:00Z', chat],
    ['openai', 'gpt-4o-audio-preview', '2026-03-01T00:00:00Z', audio],
    ['openai', 'text-embedding-3-small', '2026-03-01T00:00:00Z', { input_tokens: 8191 }],
    ['anthropic', 'claude-sonnet-4-5-20250929', '2026-03-01T00:00:00Z', cached],
    ['anthropic', 'claude-opus-4-6', '2026-03-12T23:59:59.999Z', long],
    ['anthropic', 'claude-opus-4-6', '2026-03-13T00:00:00Z', long],
    ['anthropic', 'claude-haiku-4-5', '2026-03-01T00:00:00Z', { ...cached, web_searches: 3 }],
    ['google', 'gemini-2.5-pro', '2026-03-01T00:00:00Z', long],
    ['google', 'gemini-2.5-flash', '2026-03-01T00:00:00Z', { ...chat, input_audio_tokens: 800 }],
    ['aws', 'amazon.nova-lite-v1:0', '2026-03-01T00:00:00Z', chat],
    ['azure', 'gpt-4o', '2026-03-01T00:00:00Z', chat],
    ['mistral', 'mistral-large-latest', '2026-03-01T00:00:00Z', chat],
    ['groq', 'llama-3.3-70b-versatile', '2026-03-01T00:00:00Z', chat],
    ['cohere', 'command-r-plus', '2026-03-01T00:00:00Z', chat],
    ['x-ai', 'grok-4.3', '2026-06-01T00:00:00Z', long],
    ['openrouter', 'anthropic/claude-sonnet-4.5', '2026-03-01T00:00:00Z', long],
  ])('%s %s at %s costs what genai-prices computes', (provider, resource, at, usage) => {
    const reference = theirs(provider, resource, at, usage)
    const result = ours(provider, resource, at, usage)
    expect(result.status).toBe('RATED')
    expectSamePrice(result.cost, reference?.total_price)
  })

  it('states a price per token exactly', () => {
    const result = ours('anthropic', 'claude-sonnet-4-5', '2026-03-01T00:00:00Z', { input_tokens: 1000 })
    expect(result.lines.map(({ unitPrice }) => unitPrice && formatUnitPrice(unitPrice))).toEqual(['0.000003'])
    expect(result.cost).toBe(3n * 10n ** 15n)
  })

  it('prices the whole request at the higher rate once the prompt is larger than the threshold, not at it', () => {
    const at = (tokens: number) =>
      ours('anthropic', 'claude-sonnet-4-6', '2026-03-01T00:00:00Z', { input_tokens: tokens }).cost
    expect(formatFixed18(at(200_000) ?? 0n)).toBe('0.6')
    expect(formatFixed18(at(200_001) ?? 0n)).toBe('1.200006')
  })
})

describe('every model of the catalogue', () => {
  const quantity = fc.oneof(fc.constantFrom(0, 1), fc.nat(400_000))
  const usage = fc.record(
    {
      input_tokens: quantity,
      cache_read_tokens: quantity,
      cache_write_tokens: quantity,
      cache_write_1h_tokens: quantity,
      input_audio_tokens: quantity,
      cache_read_audio_tokens: quantity,
      output_tokens: quantity,
      reasoning_tokens: quantity,
      output_audio_tokens: quantity,
    },
    { requiredKeys: ['input_tokens'] },
  )
  const at = fc
    .integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 5, 1) })
    .map((ms) => new Date(ms - (ms % 1000)).toISOString())

  it('costs what genai-prices computes, for any usage at any time', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.constantFrom(...data.models), usage, at, (model, quantities, instant) => {
        const meters = Object.fromEntries(Object.entries(quantities).filter(([, value]) => value > 0))
        const result = ours(model.provider, model.id, instant, { ...meters, input_tokens: quantities.input_tokens })
        if (result.status !== 'RATED') return
        const perRequest = ours(model.provider, model.id, instant, { requests: 1 }).cost ?? 0n
        const reference = theirs(model.provider, model.id, instant, quantities)
        expectSamePrice((result.cost ?? 0n) + perRequest, reference?.total_price)
        compared += 1
      }),
      { numRuns: 2000 },
    )
    expect(compared).toBeGreaterThan(1000)
  })

  it('is found under its own name by the same rules', () => {
    for (const model of data.models) {
      const reference = calcPrice({ input_tokens: 0 }, model.id, { providerId: model.provider })
      const found = catalogue.find(model.provider, model.id)
      expect([model.provider, model.id, found?.id]).toEqual([model.provider, model.id, reference?.model.id])
    }
  })
})

describe('looking up', () => {
  it.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    ['anthropic', 'anthropic'],
    ['aws.bedrock', 'aws'],
    ['azure.ai.openai', 'azure'],
    ['az.ai.inference', 'azure'],
    ['azure.ai.inference', 'azure'],
    ['gcp.gemini', 'google'],
    ['gcp.vertex_ai', 'google'],
    ['gcp.gen_ai', 'google'],
    ['google', 'google'],
    ['mistral_ai', 'mistral'],
    ['x_ai', 'x-ai'],
    ['xai', 'x-ai'],
    ['groq', 'groq'],
    ['deepseek', 'deepseek'],
    ['perplexity', 'perplexity'],
    ['cohere', 'cohere'],
    ['moonshot_ai', 'moonshotai'],
    ['together_ai', 'together'],
  ])('knows the provider %s as %s', (name, id) => {
    const model = data.models.find((candidate) => catalogue.find(id, candidate.id)?.provider === id)
    expect(catalogue.find(name, model?.id ?? '')).toMatchObject({ provider: id })
  })

  it('knows Fireworks by its underscore', () => {
    const fireworks = data.models
      .filter(({ provider }) => provider === 'fireworks')
      .map(({ match }) => JSON.stringify(match))
    const name = /accounts\/fireworks\/models\/[a-z0-9-]+/.exec(fireworks.join())?.[0] ?? ''
    expect(catalogue.find('fireworks_ai', name)).toMatchObject({ provider: 'fireworks' })
  })

  it('agrees with genai-prices about the provider names of the catalogue itself', () => {
    for (const { id } of data.providers) expect(findProvider({ providerId: id })?.id).toBe(id)
  })

  it('finds a model of another provider that Azure and Vertex serve', () => {
    expect(catalogue.find('azure.ai.openai', 'gpt-4o-2024-08-06')).toMatchObject({ provider: 'openai', id: 'gpt-4o' })
    expect(catalogue.find('gcp.vertex_ai', 'claude-haiku-4-5@20251001')).toMatchObject({ provider: 'anthropic' })
  })

  it('without a provider takes only a name that one provider alone has', () => {
    expect(catalogue.find(null, 'gemini-2.5-pro')?.provider).toBe('google')
    expect(data.models.filter(({ id }) => id === 'gpt-4o').map(({ provider }) => provider)).toEqual([
      'github-copilot',
      'openai',
    ])
    expect(catalogue.find(null, 'gpt-4o')).toBeNull()
    expect(catalogue.find(null, 'claude-sonnet-4-5-20250929')).toBeNull()
  })

  it.each([
    ['openai', 'no-such-model'],
    ['no-such-provider', 'gpt-4o'],
    ['constructor', 'gpt-4o'],
    ['', ''],
  ])('does not know %j %j', (provider, resource) => {
    expect(catalogue.find(provider, resource)).toBeNull()
  })
})
