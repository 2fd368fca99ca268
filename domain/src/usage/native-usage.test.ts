import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { extractUsage, findProvider } from '@pydantic/genai-prices'
import { isPromptMeter } from './meter.ts'

type Fields = Record<string, unknown>

interface Section {
  title: string
  native: Fields
  /** `{ meter: expression }`, as the page states it. */
  conversion: [meter: string, expression: string][]
  usage: Record<string, number>
}

const page = readFileSync(new URL('../../../docs/how-to/send-usage-as-json.md', import.meta.url), 'utf8')
const sections = page.slice(page.indexOf("\n## From a provider's answer")).split('\n### ').slice(1).map(readSection)

/** The same answers as genai-prices reads them: each total includes its parts. */
const PROVIDERS: Record<string, { provider: string; flavor: string; root: string; model: string }> = {
  'OpenAI chat completions': { provider: 'openai', flavor: 'chat', root: 'usage', model: 'model' },
  'OpenAI Responses': { provider: 'openai', flavor: 'responses', root: 'usage', model: 'model' },
  Anthropic: { provider: 'anthropic', flavor: 'default', root: 'usage', model: 'model' },
  Gemini: { provider: 'google', flavor: 'default', root: 'usageMetadata', model: 'modelVersion' },
  'Bedrock Converse': { provider: 'aws', flavor: 'default', root: 'usage', model: 'model' },
}

function readSection(text: string): Section {
  const [native, usage] = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json]) => JSON.parse(json ?? '') as unknown,
  )
  const rows = [...text.matchAll(/^\| `(\w+)` *\| (.*?) *\|$/gm)]
  return {
    title: text.slice(0, text.indexOf('\n')),
    native: native as Fields,
    conversion: rows.map(([, meter, expression]) => [meter ?? '', expression ?? '']),
    usage: Object.fromEntries(
      (usage as { meter: string; quantity: number }[]).map(({ meter, quantity }) => [meter, quantity]),
    ),
  }
}

/** `a` − `b.c` + `list[AUDIO]` of a usage object; what is absent is 0. */
function evaluate(expression: string, native: Fields): number {
  const terms = [...expression.matchAll(/([−+]?) ?`([^`]+)`/g)]
  expect(terms.map(([term]) => term.trim()).join(' ')).toBe(expression)
  return terms.reduce((sum, [, sign, path]) => sum + (sign === '−' ? -1 : 1) * fieldOf(path ?? '', native), 0)
}

function fieldOf(path: string, native: Fields): number {
  const [, list, kind] = /^(\w+)\[(\w+)\]$/.exec(path) ?? []
  if (list !== undefined) {
    const entries = (native[list] ?? []) as Fields[]
    const entry = entries.find(({ modality, ttl }) => (modality ?? ttl) === kind)
    return ((entry?.['tokenCount'] ?? entry?.['inputTokens']) as number | undefined) ?? 0
  }
  const value = path.split('.').reduce<unknown>((at, name) => (at as Fields | undefined)?.[name], native)
  return (value as number | undefined) ?? 0
}

function sum(usage: Record<string, number>, keeps: (meter: string) => boolean): number {
  return Object.entries(usage).reduce((total, [meter, quantity]) => total + (keeps(meter) ? quantity : 0), 0)
}

describe('how to send usage as JSON, from a provider’s answer', () => {
  it('has a table for each provider', () => {
    expect(sections.map(({ title }) => title)).toEqual(Object.keys(PROVIDERS))
  })

  it.each(sections)('converts the answer of $title to the usage beside it', ({ native, conversion, usage }) => {
    const converted = conversion.map(([meter, expression]) => [meter, evaluate(expression, native)])
    expect(Object.fromEntries(converted)).toEqual(usage)
  })

  it.each(sections)('counts what genai-prices reads in the answer of $title', ({ title, native, usage }) => {
    const { provider: id, flavor, root, model } = PROVIDERS[title]!
    const provider = findProvider({ providerId: id })!
    const { usage: read } = extractUsage(provider, { [root]: native, [model]: 'any' }, flavor)
    expect(read).toMatchObject({
      input_tokens: sum(usage, isPromptMeter),
      output_tokens: sum(usage, (meter) => meter.endsWith('_tokens') && !isPromptMeter(meter)),
      cache_read_tokens: sum(usage, (meter) => meter.startsWith('cache_read')),
    })
    const parts = {
      cache_write_tokens: sum(usage, (meter) => meter.startsWith('cache_write')),
      input_audio_tokens: sum(usage, (meter) => meter === 'input_audio_tokens' || meter === 'cache_read_audio_tokens'),
      output_reasoning_tokens: usage['reasoning_tokens'] ?? 0,
      output_audio_tokens: usage['output_audio_tokens'] ?? 0,
      web_searches: usage['web_searches'] ?? 0,
    }
    for (const [part, quantity] of Object.entries(parts))
      expect({ [part]: read[part] ?? 0 }).toEqual({ [part]: quantity })
  })

  it.each(sections)('leaves every token of $title in one meter, as its total says', ({ native, usage }) => {
    const total = native['total_tokens'] ?? native['totalTokenCount'] ?? native['totalTokens']
    if (total !== undefined) expect(sum(usage, (meter) => meter.endsWith('_tokens'))).toBe(total)
  })
})
