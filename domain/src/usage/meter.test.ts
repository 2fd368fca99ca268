import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { isMeterName, isPromptMeter, isTokenMeter, KNOWN_METERS } from './meter.ts'

describe('meters', () => {
  it('accepts the known ones and well-formed custom ones', () => {
    for (const { name } of KNOWN_METERS) expect(isMeterName(name)).toBe(true)
    expect(isMeterName('vector_reads')).toBe(true)
    expect(isMeterName(`a${'b'.repeat(63)}`)).toBe(true)
  })

  it.each(['', 'Input_tokens', '1st', '_x', 'a b', 'a-b', `a${'b'.repeat(64)}`, 'a\n'])('refuses %j', (name) => {
    expect(isMeterName(name)).toBe(false)
  })

  it('knows a name for every unit that providers sell by, and the reference explains each', () => {
    const names = KNOWN_METERS.map(({ name }) => name)
    const units = ['requests', 'seconds', 'images', 'characters', 'pages', 'gb_months', 'sessions']
    expect(names).toEqual(expect.arrayContaining(units))
    const reference = readFileSync(new URL('../../../docs/reference/meters.md', import.meta.url), 'utf8')
    expect(names.filter((name) => !reference.includes(`\`${name}\``))).toEqual([])
  })

  it('counts as prompt what the model read, and nothing it wrote', () => {
    const prompt = KNOWN_METERS.map(({ name }) => name).filter(isPromptMeter)
    expect(prompt).toEqual([
      'input_tokens',
      'cache_read_tokens',
      'cache_write_tokens',
      'cache_write_1h_tokens',
      'input_audio_tokens',
      'input_image_tokens',
      'input_video_tokens',
      'cache_read_audio_tokens',
      'cache_read_image_tokens',
      'cache_write_audio_tokens',
    ])
    expect(prompt.every(isTokenMeter)).toBe(true)
    expect(isTokenMeter('requests')).toBe(false)
  })
})
