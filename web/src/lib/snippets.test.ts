import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { FRAMEWORKS, snippet } from './snippets.ts'

const input = { baseUrl: 'http://127.0.0.1:4000', apiKey: 'outl_test_key' }

describe('a snippet', () => {
  it.each(FRAMEWORKS.map(({ id }) => id))('for %s names this server and this key', (id) => {
    const text = snippet(id, input)
    expect(text).toContain('http://127.0.0.1:4000/v1/')
    expect(text).toContain('outl_test_key')
  })

  it('for curl runs in a shell as it stands and sends valid JSON', () => {
    // A shell function stands in for curl and prints the body it was given.
    const script = `curl() { while [ $# -gt 0 ]; do if [ "$1" = -d ]; then printf %s "$2"; fi; shift; done; }\n${snippet('curl', input)}`
    const [item] = JSON.parse(execFileSync('sh', ['-c', script], { encoding: 'utf8' })) as [Record<string, unknown>]
    expect(item).toMatchObject({
      agent: 'research',
      kind: 'MODEL',
      usage: [{ meter: 'input_tokens', quantity: '1000' }, {}],
    })
    expect(Date.parse(String(item.occurredAt))).toBeGreaterThan(Date.now() - 60_000)
  })
})
