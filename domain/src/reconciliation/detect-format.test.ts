import { describe, expect, it } from '@jest/globals'
import { detectFormat } from './detect-format.ts'

const openAi = (result: string) =>
  `{"object":"page","data":[{"object":"bucket","start_time":1,"end_time":2,"results":[{${result}}]}]}`
const anthropic = (result: string) =>
  `{"data":[{"starting_at":"2026-10-04T00:00:00Z","ending_at":"x","results":[{${result}}]}]}`

describe('what a file is', () => {
  it.each([
    [openAi('"amount":{"value":1,"currency":"usd"},"line_item":null'), 'OPENAI_COSTS'],
    [`[${openAi('"input_tokens":1,"model":"m"')}]`, 'OPENAI_USAGE'],
    [anthropic('"amount":"1.5","currency":"USD"'), 'ANTHROPIC_COST'],
    [`\ufeff ${anthropic('"uncached_input_tokens":1')}`, 'ANTHROPIC_USAGE'],
    [openAi('"images":1'), null],
    [anthropic('"actor":{}'), null],
    ['{"rows":[]}', null],
    ['ResourceId,BilledCost,ChargeCategory,ChargePeriodStart\r\n', 'FOCUS_CSV'],
    ['Date,Cost\n2026-10-01,"BilledCost, ChargeCategory, ChargePeriodStart"', 'CSV'],
    ['', 'CSV'],
  ])('is told by what stands in it: %s', (text, format) => {
    expect(detectFormat(text)).toBe(format)
  })
})
