import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18 } from '../money/fixed18.ts'
import { formatQuantity } from '../usage/quantity.ts'
import { guessLineMap } from './line-map.ts'
import { meterOf, providerName, resourceNamer } from './names.ts'
import type { ProviderLine, ReadStatement } from './provider-line.ts'
import { readAnthropicCost, readAnthropicUsage } from './read-anthropic.ts'
import { readFocusLines, readMappedLines, type CsvTable } from './read-csv-lines.ts'
import { parseExactJson, readAmount } from './read-number.ts'
import { readOpenAiCosts, readOpenAiUsage } from './read-openai.ts'

/** A line without what it does not state. */
const shown = (line: ProviderLine) =>
  Object.fromEntries(
    Object.entries({
      ...line,
      quantity: line.quantity === null ? null : formatQuantity(line.quantity),
      amount: line.amount === null ? null : formatFixed18(line.amount),
      fxRate: line.fxRate === null ? null : formatFixed18(line.fxRate),
    }).filter(([, value]) => value !== null),
  )
const lines = ({ lines: all }: ReadStatement) => all.map(shown)

const table = (columns: string, ...rows: string[]): CsvTable => ({
  columns: columns.split(','),
  rows: rows.map((row, index) => ({ line: index + 2, cells: row.split(',') })),
})

const openAi = (...results: object[]) =>
  JSON.stringify({
    object: 'page',
    data: [{ object: 'bucket', start_time: 1791072000, end_time: 1791158400, results }],
    has_more: false,
    next_page: null,
  })

const anthropic = (...results: object[]) =>
  JSON.stringify({
    data: [{ starting_at: '2026-10-04T00:00:00Z', ending_at: '2026-10-05T00:00:00Z', results }],
    has_more: false,
    next_page: null,
  })

describe('the costs answer of OpenAI', () => {
  it('is a line for each result, with model and meter of its line item', () => {
    const text = openAi(
      { amount: { value: 0.06, currency: 'usd' }, line_item: 'gpt-4o-2024-08-06, cached input', project_id: 'proj_a' },
      { amount: { value: 1.2e-7, currency: 'usd' }, line_item: 'web search tool calls', project_id: null },
      { amount: { value: -5, currency: 'usd' }, line_item: null, project_id: null },
    )
    const common = { provider: 'openai', day: '2026-10-04', currency: 'USD' }
    expect(lines(readOpenAiCosts(text))).toEqual([
      {
        ...common,
        reference: 'data[0].results[0]',
        account: 'proj_a',
        resource: 'gpt-4o-2024-08-06',
        meter: 'cache_read_tokens',
        amount: '0.06',
        kind: 'USAGE',
      },
      {
        ...common,
        reference: 'data[0].results[1]',
        resource: 'web search tool calls',
        amount: '0.00000012',
        kind: 'USAGE',
      },
      { ...common, reference: 'data[0].results[2]', amount: '-5', kind: 'CREDIT' },
    ])
  })

  it('keeps every digit that the file has', () => {
    const text = openAi({ amount: { value: 'VALUE', currency: 'usd' } }).replace(
      '"VALUE"',
      '123456789012345.678901234567',
    )
    expect(readOpenAiCosts(text).lines[0]!.amount).toBe(123456789012345678901234567000000n)
  })

  it('refuses a result that is not as documented by its place, and keeps the others', () => {
    const read = readOpenAiCosts(openAi({ amount: null }, { amount: { value: 1, currency: 'usd' } }))
    expect(read.lines).toHaveLength(1)
    expect(read.refused).toEqual([{ reference: 'data[0].results[0]', reason: expect.stringContaining('amount') }])
  })

  it.each(['\u0000', 'x'.repeat(201)])('refuses a name that cannot be kept', (project_id) => {
    const read = readOpenAiCosts(openAi({ amount: { value: 1, currency: 'usd' }, project_id: `proj${project_id}` }))
    expect(read).toMatchObject({ lines: [], refused: [{ reference: 'data[0].results[0]' }] })
  })

  it.each([
    ['{', 'INVALID_JSON'],
    ['{"data": 1}', 'UNKNOWN_SHAPE'],
    ['{"data": [], "has_more": true}', 'INCOMPLETE'],
  ])('refuses %s as a whole: %s', (text, code) => {
    expect(() => readOpenAiCosts(text)).toThrow(expect.objectContaining({ code }))
  })

  it('reads a list of pages', () => {
    const page = openAi({ amount: { value: 1, currency: 'usd' } })
    const read = readOpenAiCosts(`[${page.replace('false', 'true')},${page}]`)
    expect(read.lines.map(({ reference }) => reference)).toEqual(['[0].data[0].results[0]', '[1].data[0].results[0]'])
  })
})

describe('the usage answer of OpenAI', () => {
  it('is a line for each meter that there was any of, cached tokens not counted twice', () => {
    const text = openAi({
      object: 'organization.usage.completions.result',
      input_tokens: 1000,
      output_tokens: 500,
      input_cached_tokens: 800,
      num_model_requests: 5,
      project_id: null,
      user_id: null,
      api_key_id: 'key_a',
      model: 'gpt-4o-2024-08-06',
      batch: true,
    })
    expect(
      lines(readOpenAiUsage(text)).map(({ account, tier, meter, quantity }) => [account, tier, meter, quantity]),
    ).toEqual([
      ['key_a', 'batch', 'input_tokens', '200'],
      ['key_a', 'batch', 'cache_read_tokens', '800'],
      ['key_a', 'batch', 'output_tokens', '500'],
      ['key_a', 'batch', 'requests', '5'],
    ])
  })

  it('takes the parts of text, audio and images where the answer states them, each once', () => {
    const result = {
      ...{
        input_tokens: 27_444,
        input_cached_tokens: 8_448,
        input_uncached_tokens: 18_000,
        input_cache_write_tokens: 996,
      },
      ...{ input_text_tokens: 15_000, input_audio_tokens: 2_000, input_image_tokens: 1_000 },
      ...{ input_cached_text_tokens: 8_000, input_cached_audio_tokens: 448, input_cached_image_tokens: 0 },
      ...{ output_tokens: 900, output_text_tokens: 600, output_audio_tokens: 300, output_image_tokens: 0 },
      ...{ num_model_requests: 7, model: 'gpt-4o', service_tier: 'default', batch: false },
    }
    const read = readOpenAiUsage(openAi(result))
    expect(lines(read).map(({ tier, meter, quantity }) => [tier, meter, quantity])).toEqual([
      [undefined, 'input_tokens', '15000'],
      [undefined, 'input_audio_tokens', '2000'],
      [undefined, 'input_image_tokens', '1000'],
      [undefined, 'cache_read_tokens', '8000'],
      [undefined, 'cache_read_audio_tokens', '448'],
      [undefined, 'cache_write_tokens', '996'],
      [undefined, 'output_tokens', '600'],
      [undefined, 'output_audio_tokens', '300'],
      [undefined, 'requests', '7'],
    ])
    const { refused } = readOpenAiUsage(openAi({ ...result, input_tokens: 27_445 }))
    expect(refused).toEqual([
      { reference: 'data[0].results[0]', reason: 'input_tokens is 27445, and its parts add up to 27444.' },
    ])
  })

  it('refuses more cached tokens than there were', () => {
    const { refused } = readOpenAiUsage(openAi({ input_tokens: 1, input_cached_tokens: 2 }))
    expect(refused).toEqual([expect.objectContaining({ reason: expect.stringContaining('input_cached_tokens') })])
  })
})

describe('the reports of Anthropic', () => {
  it('state costs in cents, by model and class of tokens', () => {
    const text = anthropic(
      {
        amount: '123.78912',
        context_window: '0-200k',
        cost_type: 'tokens',
        currency: 'USD',
        description: 'Claude Sonnet 4 Usage - Input Tokens',
        model: 'claude-sonnet-4-20250514',
        service_tier: 'batch',
        token_type: 'uncached_input_tokens',
        workspace_id: 'wrkspc_a',
      },
      {
        amount: '4',
        cost_type: 'web_search',
        currency: 'USD',
        description: 'Web Search Usage',
        model: null,
        token_type: null,
      },
    )
    const common = { provider: 'anthropic', day: '2026-10-04', currency: 'USD', kind: 'USAGE' }
    expect(lines(readAnthropicCost(text))).toEqual([
      {
        ...common,
        reference: 'data[0].results[0]',
        account: 'wrkspc_a',
        resource: 'claude-sonnet-4-20250514',
        meter: 'input_tokens',
        tier: 'batch',
        amount: '1.2378912',
      },
      { ...common, reference: 'data[0].results[1]', resource: 'web_search', amount: '0.04' },
    ])
  })

  it('state usage in classes that are disjoint already', () => {
    const text = anthropic({
      uncached_input_tokens: 1500,
      cache_creation: { ephemeral_1h_input_tokens: 1000, ephemeral_5m_input_tokens: 500 },
      cache_read_input_tokens: 200,
      output_tokens: 500,
      server_tool_use: { web_search_requests: 10 },
      api_key_id: 'apikey_a',
      workspace_id: null,
      model: 'claude-opus-4',
      service_tier: 'standard',
    })
    expect(lines(readAnthropicUsage(text)).map(({ resource, meter, quantity }) => [resource, meter, quantity])).toEqual(
      [
        ['claude-opus-4', 'input_tokens', '1500'],
        ['claude-opus-4', 'cache_read_tokens', '200'],
        ['claude-opus-4', 'cache_write_tokens', '500'],
        ['claude-opus-4', 'cache_write_1h_tokens', '1000'],
        ['claude-opus-4', 'output_tokens', '500'],
        ['web_search', undefined, '10'],
      ],
    )
  })

  it('are not taken for a month in one bucket', () => {
    const { refused } = readAnthropicCost(anthropic({ amount: '1', currency: 'USD' }).replace('10-05', '11-01'))
    expect(refused).toEqual([expect.objectContaining({ reason: expect.stringContaining('2026-10-31') })])
  })
})

describe('a FOCUS file', () => {
  const columns =
    'BilledCost,BillingCurrency,ChargeCategory,ChargeClass,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,ProviderName,ResourceId,SkuId,SkuMeter,SubAccountId'

  it('is a line for each row, by category, with units counted out', () => {
    const read = readFocusLines(
      table(
        columns,
        '1.5,USD,Usage,,2026-10-04T00:00:00Z,2026-10-05T00:00:00Z,0.5,1M Tokens,OpenAI,gpt-4o,sku-1,Input Tokens,acc',
        '-2,USD,Credit,,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,,,OpenAI,,,,',
        '0.3,USD,Tax,,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,,,OpenAI,,,,',
        '9,USD,Purchase,,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,,,OpenAI,,seat,,',
        '-1,USD,Usage,Correction,2026-09-04T00:00:00Z,2026-09-05T00:00:00Z,7,Tokens,OpenAI,gpt-4o,,,',
      ),
    )
    const common = { provider: 'openai', currency: 'USD' }
    expect(read.refused).toEqual([])
    expect(lines(read)).toEqual([
      {
        ...common,
        reference: 'line 2',
        day: '2026-10-04',
        account: 'acc',
        resource: 'gpt-4o',
        meter: 'input_tokens',
        quantity: '500000',
        amount: '1.5',
        kind: 'USAGE',
      },
      { ...common, reference: 'line 3', day: '2026-10-01', amount: '-2', kind: 'CREDIT' },
      { ...common, reference: 'line 4', day: '2026-10-01', amount: '0.3', kind: 'TAX' },
      { ...common, reference: 'line 5', day: '2026-10-01', resource: 'seat', amount: '9', kind: 'ADJUSTMENT' },
      { ...common, reference: 'line 6', day: '2026-09-04', resource: 'gpt-4o', amount: '-1', kind: 'ADJUSTMENT' },
    ])
  })

  it.each([
    ['x,USD,Usage,,2026-10-04T00:00:00Z,,,,OpenAI,,,,', '"x"'],
    ['1,XXX,Usage,,2026-10-04T00:00:00Z,,,,OpenAI,,,,', 'XXX'],
    ['1,USD,Gift,,2026-10-04T00:00:00Z,,,,OpenAI,,,,', 'Gift'],
    ['1,USD,Usage,,yesterday,,,,OpenAI,,,,', 'yesterday'],
    ['1,USD,Usage,,2026-10-04T00:00:00Z,2026-10-06T00:00:00Z,,,OpenAI,,,,', '2026-10-05'],
    ['1,USD,Usage,,2026-10-04T00:00:00Z,,,,,,,,', 'ServiceProviderName'],
    ['1,USD', 'columns'],
  ])('refuses %s by its line and reason', (row, reason) => {
    expect(readFocusLines(table(columns, row))).toEqual({
      lines: [],
      refused: [{ reference: 'line 2', reason: expect.stringContaining(reason) }],
    })
  })

  it('needs its columns', () => {
    expect(() => readFocusLines(table('BilledCost'))).toThrow(expect.objectContaining({ code: 'UNKNOWN_SHAPE' }))
  })
})

describe('any CSV', () => {
  const columns = 'Date,Vendor,Model,Token type,Tokens,Cost,Currency,Exchange rate'

  it('is read with a map guessed by its headings', () => {
    const csv = table(
      columns,
      '2026-10-04,Anthropic,claude-opus-4,Output tokens,100,0.0075,usd,0.79',
      '2026-10-04,Anthropic,,,,-3,usd,',
    )
    const map = guessLineMap(csv.columns)
    expect(lines(readMappedLines(csv, map))).toEqual([
      {
        reference: 'line 2',
        provider: 'anthropic',
        day: '2026-10-04',
        resource: 'claude-opus-4',
        meter: 'output_tokens',
        quantity: '100',
        amount: '0.0075',
        currency: 'USD',
        kind: 'USAGE',
        fxRate: '0.79',
      },
      { reference: 'line 3', provider: 'anthropic', day: '2026-10-04', amount: '-3', currency: 'USD', kind: 'CREDIT' },
    ])
  })

  it.each([
    ['2026-10-04,A,m,Output tokens,-1,1,usd,', 'below zero'],
    ['2026-10-04,A,m,?!,1,1,usd,', '?!'],
    ['2026-10-04,A,m,Output tokens,,,usd,', 'neither'],
    ['2026-10-04,A,m,Output tokens,1,1,usd,0', 'above zero'],
  ])('refuses %s', (row, reason) => {
    const csv = table(columns, row)
    expect(readMappedLines(csv, guessLineMap(csv.columns)).refused).toEqual([
      { reference: 'line 2', reason: expect.stringContaining(reason) },
    ])
  })

  it.each([
    [['day'], 'provider'],
    [['provider', 'amount', 'currency'], 'day'],
    [['provider', 'day', 'amount'], 'currency'],
    [['provider', 'day', 'quantity'], 'resource'],
    [['provider', 'provider'], 'twice'],
    [['colour'], 'colour'],
  ])('needs a map that is whole: %j', (fields, problem) => {
    const map = fields.map((field) => ({ field, source: { kind: 'constant' as const, text: 'x' } }))
    expect(() => readMappedLines(table(columns), map)).toThrow(problem)
  })

  it('reads every row or refuses it', () => {
    const cell = fc.constantFrom('', '1', '-1', 'x', '2026-10-04', 'usd', 'output_tokens', '1e3')
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 7, maxLength: 9 })), (rows) => {
        const csv = { columns: columns.split(','), rows: rows.map((cells, index) => ({ line: index + 2, cells })) }
        const read = readMappedLines(csv, guessLineMap(csv.columns))
        const places = [...read.lines, ...read.refused].map(({ reference }) => reference)
        expect(new Set(places)).toEqual(new Set(rows.map((_, index) => `line ${index + 2}`)))
        expect(places).toHaveLength(rows.length)
      }),
    )
  })
})

describe('numbers and names', () => {
  it.each([
    ['1.2e-7', 0, '0.00000012'],
    ['-12E2', 0, '-1200'],
    ['0.30000000000000004', 0, '0.30000000000000004'],
    ['0.0000000000000000015', 0, '0.000000000000000002'],
    ['100', 2, '1'],
  ])('reads the amount %s', (text, minorDigits, amount) => {
    expect(formatFixed18(readAmount(text, { minorDigits }))).toBe(amount)
  })

  it.each(['', ' 1', '1,5', '0x1', '1e', 'NaN', '1e99'])('refuses the amount %j', (text) => {
    expect(() => readAmount(text)).toThrow(expect.objectContaining({ code: 'INVALID_DECIMAL' }))
  })

  it('reads JSON as it is but for its numbers, which stay the text of the file', () => {
    const texts = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_, at: unknown) => (typeof at === 'number' ? String(at) : at)))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseExactJson(JSON.stringify(value))).toEqual(texts(value))
      }),
    )
  })

  it.each([
    ['gpt-4o, input', 'input_tokens'],
    ['cache_creation.ephemeral_1h_input_tokens', 'cache_write_1h_tokens'],
    ['cache_creation.ephemeral_5m_input_tokens', 'cache_write_tokens'],
    ['cache_read_input_tokens', 'cache_read_tokens'],
    ['GPU hours', 'gpu_hours'],
    ['?!', null],
  ])('takes %j for %s', (words, meter) => {
    expect(meterOf(words)).toBe(meter)
  })

  it('finds the name of the ledger, unless several fit', () => {
    const nameOf = resourceNamer(['claude-sonnet-4', 'gpt-4o', 'gpt-4o-2024-08-06', 'GPT-4o-2024-11-20'])
    expect(nameOf('claude-sonnet-4-20250514')).toBe('claude-sonnet-4')
    expect(nameOf('gpt-4o-2024-11-20')).toBe('GPT-4o-2024-11-20')
    expect(nameOf('gpt-4o-2025-01-01')).toBe('gpt-4o-2025-01-01')
    expect(nameOf('o3')).toBe('o3')
  })

  it('knows providers by the names of invoices', () => {
    expect(['OpenAI', 'Amazon Web Services', 'gcp.vertex_ai'].map(providerName)).toEqual(['openai', 'aws', 'google'])
  })
})
