import { describe, expect, it } from '@jest/globals'
import { readResourceName, resourceNameText } from './resource-name.ts'

describe('a resource in one field', () => {
  it.each([
    [{ provider: 'openai', resource: 'gpt-5-mini' }, 'openai / gpt-5-mini'],
    [{ provider: 'together', resource: 'meta / llama/4' }, 'together / meta / llama/4'],
    [{ provider: null, resource: 'web-search' }, 'web-search'],
  ])('%j is written %s and read back', (name, text) => {
    expect(resourceNameText(name)).toBe(text)
    expect(readResourceName(` ${text} `)).toEqual(name)
  })

  it.each(['', '  '])('%j names none', (text) => {
    expect(readResourceName(text)).toBeNull()
  })
})
