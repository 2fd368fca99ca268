import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  await add(tenant, 'client', 300, (n) => [`client-${n}`, `Client ${n} & Sons`])
  await add(tenant, 'task', 2_100, (n) => [`job-${n}`, `Job ${n}`])
  await add(tenant, 'agent', 1, () => ['writer', 'Writing 100 % Agent'])
  await add(tenant, 'agent', 1, () => ['client-writer', 'Writer for clients'])
  await add(tenant, 'project', 1, () => ['relaunch', 'Relaunch_2026'])
}, 120_000)

afterAll(async () => {
  await test.close()
})

async function add(
  { id }: TestTenant,
  table: 'agent' | 'client' | 'project' | 'task',
  count: number,
  name: (n: number) => [string, string],
): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => [uuidv7(), ...name(n + 1)])
  await test.owner.query(
    `INSERT INTO ${table} (tenant_id, id, key, name) SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[])`,
    [id, rows.map(([uuid]) => uuid), rows.map(([, key]) => key), rows.map(([, , label]) => label)],
  )
}

interface Hit {
  kind: string
  key: string
  name: string
}

async function found(args: string, who: TestTenant = tenant): Promise<Hit[]> {
  const { data, errors } = await who.ask(`{ search(${args}) { kind key name } }`)
  expect(errors).toEqual([])
  return (data as never as { search: Hit[] }).search
}

const keys = async (args: string) => (await found(args)).map(({ key }) => key)

describe('search', () => {
  it('finds the 250th of 300 clients by its key, its name or words of it in any order', async () => {
    const hit = { kind: 'CLIENT', key: 'client-250', name: 'Client 250 & Sons' }
    for (const text of ['client-250', '250', 'CLIENT 250', 'sons 250'])
      expect(await found(`text: "${text}", kinds: [CLIENT]`)).toEqual([hit])
  })

  it('puts what is called so wholly before what begins so, and that before the rest', async () => {
    expect(await keys('text: "client-25", kinds: [CLIENT], first: 3')).toEqual([
      'client-25',
      'client-250',
      'client-251',
    ])
    expect(await keys('text: "writer", first: 3')).toEqual(['writer', 'client-writer'])
  })

  it('takes signs for what they are, not for patterns', async () => {
    expect(await keys('text: "%", first: 100')).toEqual(['writer'])
    expect(await keys('text: "h_2", first: 100')).toEqual(['relaunch'])
    expect(await keys(String.raw`text: "\\", first: 100`)).toEqual([])
    expect(await keys(String.raw`text: "\u0000"`)).toEqual([])
  })

  it('looks for parts among the latest tasks, and for any task by its key', async () => {
    expect(await keys('text: "ob 2100"')).toEqual(['job-2100'])
    expect(await keys('text: "Job 1", kinds: [TASK], first: 100')).not.toContain('job-1')
    expect(await keys('text: "job-1", kinds: [TASK]')).toContain('job-1')
  })

  it('answers as many as are asked for, of the kinds that are asked for', async () => {
    expect(await found('text: "", kinds: [CLIENT], first: 100')).toHaveLength(100)
    expect(new Set((await found('text: "", kinds: [AGENT, PROJECT]')).map(({ kind }) => kind))).toEqual(
      new Set(['AGENT', 'PROJECT']),
    )
    expect(await found('text: "client"')).toHaveLength(12)
    for (const args of ['text: "", first: 0', 'text: "", first: 101', `text: "${'x'.repeat(201)}"`])
      expect((await tenant.ask(`{ search(${args}) { key } }`)).errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
  })

  it('finds nothing of another tenant, and is nothing to a client', async () => {
    const other = await test.tenant()
    await add(other, 'client', 1, () => ['theirs', 'Theirs'])
    expect(await found('text: "theirs"')).toEqual([])
    expect(await found('text: "client-250"', other)).toEqual([])
    const cookie = await other.signedIn('CLIENT', 'theirs')
    const { errors } = await ask(test.url, { cookie }, '{ search(text: "theirs") { key } }')
    expect(errors[0]?.extensions['code']).toBe('NOT_FOUND')
  })
})
