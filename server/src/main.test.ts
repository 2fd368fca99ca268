import { fork, type ChildProcess } from 'node:child_process'
import { createServer as createTcpServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, testSecret, type TestDatabase } from '@outlay/db/embedded/test-database'
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
