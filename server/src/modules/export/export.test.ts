import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runExport } from '@outlay/db/exports/run-export'
import { parse } from 'csv-parse/sync'
import { uuidOf } from '../../graphql/ids.ts'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { readWorkbook } from '../../exports/workbook-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let mine: string
let colleague: string
let stranger: string

const RANGE = { from: '2026-03-01', to: '2026-04-01' }

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  const other = await test.tenant()
  for (const [of, agent] of [
    [tenant, 'ours'],
    [other, 'theirs'],
  ] as const) {
    const { errors } = await of.ask(
      `mutation { recordInvocations(input: { invocations: [
        { id: "1", occurredAt: "2026-03-02T10:00:00Z", kind: MODEL, agent: "${agent}", client: "north", usage: [{ meter: "input_tokens", quantity: "7" }] }
        { id: "2", occurredAt: "2026-03-03T10:00:00Z", kind: TOOL, usage: [{ meter: "requests", quantity: "1" }] }
      ] }) { accepted } }`,
    )
    expect(errors).toEqual([])
  }
  ;[mine, colleague, stranger] = await Promise.all([
    tenant.signedIn('FINANCE'),
    tenant.signedIn('VIEWER'),
    other.signedIn('OWNER'),
  ])
}, 60_000)

afterAll(async () => {
  await test.close()
})

function as(cookie: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return ask(test.url, { cookie }, query, variables)
}

interface Started {
  export: { id: string; state: string; label: string; download: string | null } | null
  userErrors: { code: string; field: string[] | null }[]
}

async function start(cookie: string, input: Record<string, unknown> = {}): Promise<Started> {
  const answer = await as(
    cookie,
    'mutation ($input: StartExportInput!) { startExport(input: $input) { export { id state label download } userErrors { code field } } }',
    { input: { kind: 'invocations', format: 'CSV', range: RANGE, ...input } },
  )
  expect(answer.errors).toEqual([])
  return (answer.data as never as { startExport: Started }).startExport
}

/** As a worker writes it. Answers where it is fetched. */
async function written(cookie: string, input: Record<string, unknown> = {}): Promise<{ id: string; download: string }> {
  const { export: started } = await start(cookie, input)
  const id = started?.id ?? ''
  expect(started).toMatchObject({ state: 'QUEUED', download: null })
  const ref = { tenantId: tenant.id, exportId: uuidOf('Export', id, 'id') }
  await runExport({ pool: test.server.pool }, ref, { signal: new AbortController().signal })
  const { data } = await as(cookie, 'query ($id: ID!) { export(id: $id) { state download } }', { id })
  const { export: done } = data as never as { export: { state: string; download: string } }
  expect(done.state).toBe('DONE')
  return { id, download: done.download }
}

function fetched(download: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${test.url}${download}`, { headers })
}

describe('an export that a worker writes', () => {
  it('is fetched by who asked for it, whole and in parts, with its length and its hash', async () => {
    const { id, download } = await written(mine)
    const { data } = await as(mine, 'query ($id: ID!) { export(id: $id) { bytes sha256 rowsDone rowsTotal } }', { id })
    const { export: said } = data as never as { export: { bytes: string; sha256: string } }
    expect(said).toMatchObject({ rowsDone: '2', rowsTotal: '2' })
    const response = await fetched(download, { cookie: mine })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(response.headers.get('content-length')).toBe(said.bytes)
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="invocations-2026-03-01-2026-03-31.csv"',
    )
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(said.sha256)
    const lines: Record<string, string>[] = parse(bytes.toString('utf8'), { columns: true, bom: true })
    expect(lines.map((line) => [line['Id'], line['Agent key']])).toEqual([
      ['1', 'ours'],
      ['2', ''],
    ])

    for (const [range, from, to] of [
      ['bytes=0-9', 0, 10],
      ['bytes=10-', 10, bytes.length],
      ['bytes=-5', bytes.length - 5, bytes.length],
    ] as const) {
      const part = await fetched(download, { cookie: mine, range })
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/${bytes.length}`])
      expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(from, to))
    }
    expect((await fetched(download, { cookie: mine, range: `bytes=${bytes.length}-` })).status).toBe(416)
  })

  it('is not there for anybody else: a colleague, a key, another tenant', async () => {
    const { id, download } = await written(mine)
    const others: Record<string, string>[] = [
      { cookie: colleague },
      { cookie: stranger },
      { authorization: `Bearer ${tenant.apiKey}` },
    ]
    for (const headers of others) {
      expect((await fetched(download, headers)).status).toBe(404)
      const { data } = await ask(test.url, headers, `{ export(id: "${id}") { id } exports { id } }`)
      expect(data).toMatchObject({ export: null })
      expect(JSON.stringify(data)).not.toContain(id)
    }
    expect((await fetched(download, {})).status).toBe(401)
    expect((await fetched('/v1/exports/jobs/exp_0', { cookie: mine })).status).toBe(400)
    expect((await fetched(`/v1/exports/jobs/exp_${'0'.repeat(26)}`, { cookie: mine })).status).toBe(404)
  })

  it('holds nothing of another tenant, whatever it is filtered by', async () => {
    for (const filters of [[], [{ name: 'agent', values: ['theirs'] }]]) {
      const { download } = await written(mine, { filters, format: 'XLSX' })
      const file = new Uint8Array(await (await fetched(download, { cookie: mine })).arrayBuffer())
      const sheets = readWorkbook(file)
      expect(sheets.get('Rows')?.length).toBe(filters.length === 0 ? 3 : 1)
      expect(JSON.stringify(sheets.get('Rows'))).not.toContain('theirs')
      expect(sheets.get('About')).toContainEqual(['Table', 'Invocations'])
    }
  })

  it('cannot be fetched before its last piece is there, nor after a week', async () => {
    const { export: started } = await start(mine)
    const early = await fetched(`/v1/exports/jobs/${started?.id}`, { cookie: mine })
    expect([early.status, await early.json()]).toMatchObject([409, { error: { code: 'NOT_DONE' } }])
    const { id, download } = await written(mine)
    await test.owner.query(`UPDATE export_job SET expires_at = now() WHERE id = $1`, [uuidOf('Export', id, 'id')])
    const late = await fetched(download, { cookie: mine })
    expect([late.status, await late.json()]).toMatchObject([410, { error: { code: 'EXPIRED' } }])
  })

  it('is of what its asker may read only: a viewer exports no audit log, nor sees how long it is', async () => {
    expect(await start(colleague, { kind: 'audit-log' })).toEqual({
      export: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['input', 'kind'] }],
    })
    const size = `{ exportSize(input: { kind: "audit-log", range: { from: "2026-03-01", to: "2026-04-01" } }) { rows } }`
    const { errors } = await as(colleague, size)
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['NOT_FOUND'])
    const kinds = async (cookie: string) => {
      const { data } = await as(cookie, '{ exportKinds { name } }')
      return (data as never as { exportKinds: { name: string }[] }).exportKinds.map(({ name }) => name)
    }
    expect([(await kinds(colleague)).includes('audit-log'), (await kinds(mine)).includes('audit-log')]).toEqual([
      false,
      true,
    ])
  })

  it('is in the audit log twice: when it was started, and when its file was fetched', async () => {
    const { id, download } = await written(mine)
    await (await fetched(download, { cookie: mine })).arrayBuffer()
    const { data } = await tenant.ask('{ auditLog(first: 2) { nodes { action subject } } }')
    expect(data).toEqual({
      auditLog: {
        nodes: [
          { action: 'downloadExport', subject: id },
          { action: 'startExport', subject: null },
        ],
      },
    })
  })

  it('counts no row of another tenant, whatever name is asked for', async () => {
    const size = (agent: string) =>
      as(
        mine,
        `{ exportSize(input: { kind: "invocations", range: { from: "2026-03-01", to: "2026-04-01" }, filters: [{ name: "agent", values: ["${agent}"] }] }) { rows } }`,
      )
    expect((await size('ours')).data).toEqual({ exportSize: { rows: 1 } })
    for (const agent of ['theirs', 'nobody']) expect((await size(agent)).data).toEqual({ exportSize: { rows: 0 } })
  })

  it('needs no job when it is small', async () => {
    const { data } = await as(mine, `{ exportSize(input: { kind: "rates" }) { rows needsJob } }`)
    expect(data).toEqual({ exportSize: { rows: 0, needsJob: false } })
  })
})
