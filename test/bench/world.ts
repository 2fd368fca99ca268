import { fork, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { importCatalogue } from '@outlay/db/catalogue/import-catalogue'
import { insertNames } from '@outlay/db/demo/insert-records'
import { ensureDatabase } from '@outlay/db/embedded/ensure-database'
import { freePort } from '@outlay/db/embedded/free-port'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@outlay/db/embedded/start'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { lockTenant } from '@outlay/db/ingest/tenant-lock'
import { applyMigrations } from '@outlay/db/migrate/apply-migrations'
import { applyQueueMigrations } from '@outlay/db/migrate/apply-queue-migrations'
import { provisionRoles, type RoleUrls } from '@outlay/db/tenancy/provision-roles'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import { WORKER_FLAGS } from '@outlay/server/supervisor/worker-flags'
import { family, type Parts } from './processes.ts'
import { MODELS, names } from './traffic.ts'

/** A Postgres of its own in a temporary folder, migrated, and what the measurements need of it. */
export interface World {
  owner: pg.Client
  pool: TenantPool
  urls: RoleUrls
  secret: string
  parts: Parts
  postgres: EmbeddedPostgres
  /** Makes a tenant with the fleet's prices and names. */
  addTenant: (key: string) => Promise<BenchTenant>
  /** With the portal's production build inside when asked for it. */
  startServer: (options?: { withPortal: boolean }) => Promise<BenchServer>
  startWorker: () => Promise<BenchWorker>
  stop: () => Promise<void>
}

export interface BenchTenant {
  id: string
  /** A key with every scope. */
  apiKey: string
}

export interface BenchServer {
  url: string
  pid: number
  stop: () => Promise<void>
}

export type BenchWorker = Omit<BenchServer, 'url'>

const CLEANUP_MS_MAX = 90_000

export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'outlay-bench-'))
  // Postgres never runs as root: for root it runs as somebody else, who must be able to enter.
  chmodSync(folder, 0o755)
  const cleanups: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => {
    // Connections to a Postgres that is gone may never end; the rest is cleaned up all the same.
    for (const cleanup of cleanups.splice(0).reverse()) {
      await atMost(CLEANUP_MS_MAX, cleanup())
    }
  }
  try {
    const postgres = await startEmbeddedPostgres({ dataDir: folder })
    cleanups.push(() => postgres.stop())
    const ownerUrl = await ensureDatabase(postgres.adminUrl, 'outlay')
    await applyMigrations({ url: ownerUrl })
    await applyQueueMigrations({ url: ownerUrl })
    await importCatalogue({ url: ownerUrl })
    const secret = randomBytes(32).toString('base64url')
    const urls = await provisionRoles({ ownerUrl, secret })
    const owner = new pg.Client({ connectionString: ownerUrl })
    owner.on('error', () => {})
    await owner.connect()
    cleanups.push(() => owner.end())
    const pool = new TenantPool({ url: urls.appUrl, max: 6 })
    cleanups.push(() => pool.end())
    return {
      owner,
      pool,
      urls,
      secret,
      postgres,
      parts: { postgres: () => family(postgres.pid) },
      addTenant: (key) => addTenant(owner, pool, key),
      startServer: async (options = { withPortal: false }) => {
        const server = await startServer(urls, { secret, dataDir: folder, ...options })
        cleanups.push(server.stop)
        return server
      },
      startWorker: async () => {
        const worker = await startWorker(urls, { secret, dataDir: folder })
        cleanups.push(worker.stop)
        return worker
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits for work that may hang or fail, and goes on. */
async function atMost(ms: number, work: Promise<void> | void): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, sleep(ms, undefined, { signal: timer.signal })]).catch(() => {})
  timer.abort()
}

async function addTenant(owner: pg.Client, pool: TenantPool, key: string): Promise<BenchTenant> {
  const id = uuidv7()
  const apiKey = `outl_test_${randomBytes(32).toString('base64url')}`
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1, $2, $2, 'USD', 'Europe/London')`,
    [id, key],
  )
  await owner.query(
    `INSERT INTO api_key (tenant_id, id, name, prefix, hash, scopes) VALUES ($1, $2, 'bench', $3, $4, '{ingest,read,admin}')`,
    [id, uuidv7(), apiKey.slice(0, 14), createHash('sha256').update(apiKey).digest()],
  )
  const published = await publishRates({ pool }, id, rates())
  const [problem] = published.userErrors
  if (problem !== undefined) throw new Error(problem.message)
  await tenantTransaction(pool, id, async (client) => {
    await lockTenant(client, id)
    await insertNames(client, id, names)
  })
  return { id, apiKey }
}

function rates() {
  const rate = (provider: string, resource: string, meter: string, amount: string, per: string) => ({
    provider,
    resource,
    meter,
    price: { amount, currency: 'USD' },
    per,
    effectiveFrom: '2020-01-01T00:00:00Z',
  })
  return [
    ...MODELS.flatMap((model, index) => [
      rate('bench', model, 'input_tokens', `${1 + index}.25`, '1000000'),
      rate('bench', model, 'output_tokens', `${5 + index}.75`, '1000000'),
      rate('bench', model, 'cache_read_tokens', `0.${1 + index}`, '1000000'),
    ]),
    rate('bench-tools', 'search', 'requests', '0.005', '1'),
    rate('bench-tools', 'index', 'requests', '0.0024', '1'),
  ]
}

const READY_MS_MAX = 60_000

/** The server as it runs in production: its own process. */
async function startServer(
  urls: RoleUrls,
  { secret, dataDir, withPortal }: { secret: string; dataDir: string; withPortal: boolean },
): Promise<BenchServer> {
  const port = await freePort()
  const child = fork(fileURLToPath(new URL('../../server/src/main.ts', import.meta.url)), {
    // As the supervisor runs it.
    execArgv: ['--max-semi-space-size=64', '--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      OUTLAY_LOG_LEVEL: 'error',
      OUTLAY_HOST: '127.0.0.1',
      OUTLAY_PORT: String(port),
      OUTLAY_SECRET: secret,
      OUTLAY_DATA_DIR: dataDir,
      OUTLAY_API_URL: `http://127.0.0.1:${port}`,
      ...(withPortal ? { OUTLAY_PORTAL_DIR: fileURLToPath(new URL('../../web', import.meta.url)) } : {}),
      APP_DATABASE_URL: urls.appUrl,
      AUTH_DATABASE_URL: urls.authUrl,
      QUEUE_DATABASE_URL: urls.queueUrl,
    },
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  const url = `http://127.0.0.1:${port}`
  const server = { url, pid: child.pid ?? 0, stop: () => end(child) }
  const until = Date.now() + READY_MS_MAX
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      await server.stop()
      throw new Error(`The server did not become ready. It said: ${said}`)
    }
    await sleep(100)
  }
  return server
}

/** The worker as it runs in production: its own process. Answers when it says that it has started. */
async function startWorker(
  urls: RoleUrls,
  { secret, dataDir }: { secret: string; dataDir: string },
): Promise<BenchWorker> {
  const child = fork(fileURLToPath(new URL('../../workers/src/main.ts', import.meta.url)), {
    execArgv: [...WORKER_FLAGS, '--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      OUTLAY_LOG_LEVEL: 'info',
      OUTLAY_SECRET: secret,
      OUTLAY_DATA_DIR: dataDir,
      APP_DATABASE_URL: urls.appUrl,
      AUTH_DATABASE_URL: urls.authUrl,
      QUEUE_DATABASE_URL: urls.queueUrl,
    },
  })
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  const worker = { pid: child.pid ?? 0, stop: () => end(child) }
  const until = Date.now() + READY_MS_MAX
  while (!said.includes('worker started')) {
    if (child.exitCode !== null || Date.now() > until) {
      await worker.stop()
      throw new Error(`The worker did not start. It said: ${said}`)
    }
    await sleep(100)
  }
  return worker
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => null)
  return response?.status === 200
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(force)
}
