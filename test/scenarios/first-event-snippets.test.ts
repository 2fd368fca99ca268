import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { FRAMEWORKS, type SnippetPart } from '../../web/src/lib/snippets.ts'
import { deliver } from '../support/deliver.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'

jest.setTimeout(300_000)

const run = promisify(execFile)
// Packages are found from here.
const root = fileURLToPath(new URL('../../', import.meta.url))

/** Those that need nothing but a shell and Node: run as a person would run them. */
const RUNNABLE = FRAMEWORKS.filter(({ id }) => ['curl', 'node', 'graphql', 'otel-node'].includes(id))

interface Recent {
  status: string
  provider: string | null
  resource: string | null
  missingTags: string[]
  cost: { amount: string } | null
  agent: { key: string } | null
  task: { key: string } | null
  client: { key: string } | null
}

describe('the snippets of the start page', () => {
  let outlay: Outlay
  let tenant: TenantClient

  beforeAll(async () => {
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'USD', timeZone: 'Europe/London' })
    const rate = {
      provider: 'anthropic',
      resource: 'claude-sonnet-4-5',
      per: '1000000',
      effectiveFrom: '2026-01-01T00:00:00Z',
    }
    const rates = [
      { ...rate, meter: 'input_tokens', price: { amount: '3', currency: 'USD' } },
      { ...rate, meter: 'output_tokens', price: { amount: '15', currency: 'USD' } },
    ]
    await deliver(tenant, { kind: 'rates', rates })
  })

  afterAll(() => outlay.stop())

  it.each(RUNNABLE)('for $label sends one call with its tags, which is priced', async ({ parts }) => {
    const before = await recent()
    for (const part of parts({ baseUrl: outlay.url, apiKey: tenant.apiKey })) await runPart(part)
    const after = await recent()
    expect(after.length - before.length).toBe(1)
    // 1,000 × $3 and 200 × $15 per million.
    expect(after[0]).toEqual({
      status: 'RATED',
      provider: 'anthropic',
      resource: 'claude-sonnet-4-5',
      missingTags: ['project'],
      cost: { amount: '0.006' },
      agent: { key: 'research' },
      task: { key: 'first-task' },
      client: { key: 'northwind' },
    })
  })

  async function recent(): Promise<Recent[]> {
    const { recentInvocations } = await tenant.gql<{ recentInvocations: Recent[] }>(
      `{ recentInvocations(first: 100) { status provider resource missingTags cost { amount } agent { key } task { key } client { key } } }`,
    )
    return recentInvocations
  }
})

function runPart({ language, code }: SnippetPart): Promise<unknown> {
  const [program, args] =
    language === 'sh' ? ['sh', ['-c', code]] : [process.execPath, ['--input-type=module', '-e', code]]
  return run(program as string, args as string[], { cwd: root, timeout: 120_000 })
}
