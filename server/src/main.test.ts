import { fork, type ChildProcess } from 'node:child_process'
import { createServer as createTcpServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, testSecret, type TestDatabase } from '@outlay/db/embedded/test-database'
import { createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Run {
  child: ChildProcess
  url: string
  /** Exit code once it has ended, with all it printed. */
  ended: Promise<{ code: number | null; output: string }>
}

let database: TestDatabase
const running: ChildProcess[] = []

beforeAll(async () => {
  database = await createTestDatabase()
}, 120_000)

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

afterAll(async () => {
  await database.drop()
})

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function start(environment: Record<string, string> = {}): Promise<Run> {
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    OUTLAY_PORT: String(port),
    OUTLAY_LOG_LEVEL: 'warn',
    OUTLAY_SECRET: testSecret,
    APP_DATABASE_URL: database.appUrl,
    AUTH_DATABASE_URL: database.authUrl,
    QUEUE_DATABASE_URL: database.queueUrl,
    ...environment,
  }
  const child = fork(MAIN, { cwd: ROOT, env, execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  running.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  // 'close' would wait for all output, but never comes to a parent that has disconnected.
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('exit', (code) => setTimeout(() => resolve({ code, output }), 50)),
  )
  return { child, url: `http://127.0.0.1:${port}`, ended }
}

async function ready({ url }: Run): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    const response = await fetch(`${url}/readyz`).catch(() => null)
    if (response?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The server did not become ready')
}

describe('the server as a process', () => {
  it('serves status, metrics and schema, and answers what is not there in one form', async () => {
    const run = await start()
    await ready(run)
    expect(await (await fetch(`${run.url}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${run.url}/metrics`)).text()).toContain('outlay_http_request_seconds_bucket')
    expect(await (await fetch(`${run.url}/schema.graphql`)).text()).toContain('type Query {')
    expect((await fetch(`${run.url}/api/demo`)).status).toBe(404)
    const nothing = await fetch(`${run.url}/nothing-here`)
    expect([nothing.status, await nothing.json()]).toEqual([
      404,
      {
        error: { code: 'NOT_FOUND', message: 'There is nothing here.', requestId: nothing.headers.get('x-request-id') },
      },
    ])
  }, 180_000)

  it('ends cleanly on SIGTERM', async () => {
    const run = await start()
    await ready(run)
    run.child.kill('SIGTERM')
    const { code, output } = await run.ended
    expect([code, output]).toEqual([0, ''])
  }, 180_000)

  it('finishes on SIGTERM what it has begun: nothing that was acknowledged is missing', async () => {
    const app = new TenantPool({ url: database.appUrl, max: 2 })
    const tenantId = await createTenant(app, { key: 'drained', name: 'Drained', currency: 'GBP', timeZone: 'UTC' })
    const { key } = await createApiKey(app, { tenantId, name: 'Sender', scopes: ['ingest'] })
    await app.end()
    const run = await start()
    await ready(run)
    const acknowledged: string[] = []
    const refusals = new Set<string>()
    const sender = async (name: string) => {
      for (let i = 0; ; i += 1) {
        const id = `${name}-${i}`
        const item = { id, occurredAt: '2026-03-01T00:00:00Z', usage: [{ meter: 'input_tokens', quantity: 1 }] }
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', connection: 'close' }
        try {
          const response = await fetch(`${run.url}/v1/invocations`, {
            method: 'POST',
            headers,
            body: JSON.stringify([item]),
          })
          if (response.status === 200) acknowledged.push(id)
          else refusals.add(String(response.status))
          if (response.status !== 200) return
        } catch (error) {
          refusals.add(String((error as { cause?: { code?: string } }).cause?.code))
          return
        }
      }
    }
    const senders = ['a', 'b', 'c', 'd', 'e', 'f'].map(sender)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    run.child.kill('SIGTERM')
    expect((await run.ended).code).toBe(0)
    await Promise.all(senders)
    expect(refusals).toContain('503')
    const owner = new pg.Client({ connectionString: database.ownerUrl })
    await owner.connect()
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM invocation WHERE tenant_id = $1', [tenantId])
    await owner.end()
    const stored = new Set(rows.map((row) => row.id))
    expect(acknowledged.length).toBeGreaterThan(10)
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
    // Refused cleanly: told to try elsewhere, or no longer listened to; never cut off in the middle of an answer.
    expect([...refusals].filter((refusal) => !['503', 'ECONNREFUSED'].includes(refusal))).toEqual([])
  }, 120_000)

  it('ends when its supervisor is gone', async () => {
    const run = await start()
    await ready(run)
    run.child.disconnect()
    expect((await run.ended).code).toBe(0)
  }, 180_000)

  it('names all that is wrong with its environment and does not start', async () => {
    const run = await start({ OUTLAY_SECRET: 'short', APP_DATABASE_URL: '' })
    const { code, output } = await run.ended
    expect(code).toBe(1)
    expect(output).toContain('APP_DATABASE_URL is missing')
    expect(output).toContain('OUTLAY_SECRET must have at least 32 characters')
  }, 180_000)

  it('refuses to serve under a role that row-level security does not bind', async () => {
    const run = await start({ APP_DATABASE_URL: database.ownerUrl })
    const { code, output } = await run.ended
    expect(code).toBe(1)
    expect(output).toContain('The database is not safe to serve')
  }, 180_000)

  it('says so in a sentence when the database is not there, without a secret in it', async () => {
    const run = await start({
      APP_DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/none',
      AUTH_DATABASE_URL: 'postgres://auth:hunter2@127.0.0.1:1/none',
    })
    const { code, output } = await run.ended
    expect(code).toBe(1)
    expect(output).toContain('The database does not answer')
    expect(output).not.toContain('hunter2')
  }, 180_000)
})
