import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addMembership } from '@outlay/db/admin/create-tenant'
import { DEMO_LOGINS, DEMO_PASSWORD, DEMO_TENANT_ID } from '@outlay/db/demo/seed-demo'
import { createTestDatabase, type TestDatabase, testSecret } from '@outlay/db/embedded/test-database'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { createUser } from '@outlay/server/auth/create-user'
import { provisionTenant } from '@outlay/server/auth/provision-tenant'
import { ensureDemo } from '@outlay/server/supervisor/demo-tenant'
import pg from 'pg'
import { freePort, ServerProcess } from '../support/server-process.ts'
import { WorkerProcess } from '../support/worker-process.ts'
import { TenantClient } from '../support/tenant-client.ts'

export interface Login {
  email: string
  password: string
}

const viewer = { email: 'viewer@test.invalid', password: 'viewer of the demo tenant' }
const administrator = { email: 'administrator@test.invalid', password: 'administrator of the demo tenant' }
const newcomer = { email: 'newcomer@test.invalid', password: 'owner of an empty tenant' }

function demoLogin(role: string): Login {
  const login = DEMO_LOGINS.find((one) => one.role === role)
  if (login === undefined) throw new Error(`The demo has no ${role}.`)
  return { email: login.email, password: DEMO_PASSWORD }
}

/** Who looks: the demo's four, a viewer and an administrator of the demo tenant, and the owner of a tenant to which nothing was ever sent. */
export const PEOPLE = {
  leadership: demoLogin('OWNER'),
  finance: demoLogin('FINANCE'),
  projectManager: demoLogin('PROJECT_MANAGER'),
  viewer,
  administrator,
  client: demoLogin('CLIENT'),
  newcomer,
} as const satisfies Record<string, Login>

export type Person = keyof typeof PEOPLE

/** Outlay as `npm start` runs it: a server with the built portal inside, a worker, and the demo tenant in a fresh database. */
export class Product {
  readonly #database: TestDatabase
  readonly #server: ServerProcess
  readonly #worker: WorkerProcess
  readonly #dataDir: string
  /** The demo tenant by its API key: what the pages must agree with. */
  readonly demo: TenantClient

  constructor(parts: {
    database: TestDatabase
    server: ServerProcess
    worker: WorkerProcess
    dataDir: string
    demoKey: string
  }) {
    this.#database = parts.database
    this.#server = parts.server
    this.#worker = parts.worker
    this.#dataDir = parts.dataDir
    this.demo = new TenantClient(() => this.url, 'fernhill', parts.demoKey)
  }

  get url(): string {
    return this.#server.url
  }

  /** Where mails go without SMTP. */
  get outbox(): string {
    return join(this.#dataDir, 'outbox.txt')
  }

  /** What the database holds, of all tenants. */
  async rows<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
    const owner = new pg.Client({ connectionString: this.#database.ownerUrl })
    await owner.connect()
    try {
      return (await owner.query<T>(sql)).rows
    } finally {
      await owner.end()
    }
  }

  /** A second server of the same database, with settings of its own. Whoever starts it stops it. */
  async another(port: number, environment: Record<string, string>): Promise<ServerProcess> {
    const { appUrl, authUrl, queueUrl } = this.#database
    const own = { ...environmentOf(this.#dataDir), ...environment }
    const server = new ServerProcess({ appUrl, authUrl, queueUrl, secret: testSecret, port, environment: own })
    await server.start()
    return server
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server.stop(), this.#worker.stop()])
    await this.#database.drop()
    rmSync(this.#dataDir, { recursive: true, force: true })
  }
}

/** What every server of the product is told. */
function environmentOf(dataDir: string): Record<string, string> {
  return {
    OUTLAY_PORTAL_DIR: fileURLToPath(new URL('../../web', import.meta.url)),
    OUTLAY_DATA_DIR: dataDir,
  }
}

export async function startProduct(): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), 'outlay-browser-'))
  const database = await createTestDatabase()
  const { appUrl, authUrl, queueUrl } = database
  const server = new ServerProcess({
    appUrl,
    authUrl,
    queueUrl,
    secret: testSecret,
    port: await freePort(),
    environment: environmentOf(dataDir),
  })
  const worker = new WorkerProcess({ appUrl, authUrl, queueUrl, environment: { OUTLAY_DATA_DIR: dataDir } })
  worker.start()
  // The one does not wait for the other: rates and tenants are read when they are asked for.
  const [made, started] = await Promise.allSettled([fill(database), server.start()])
  if (made.status === 'fulfilled' && started.status === 'fulfilled')
    return new Product({ database, server, worker, dataDir, demoKey: made.value })
  await Promise.all([server.kill(), worker.stop()])
  await database.drop()
  rmSync(dataDir, { recursive: true, force: true })
  throw made.status === 'rejected' ? made.reason : (started as PromiseRejectedResult).reason
}

/** The demo as the supervisor makes it, and those whom it lacks. Answers the demo's API key. */
async function fill({ appUrl, authUrl }: TestDatabase): Promise<string> {
  const app = new TenantPool({ url: appUrl, max: 2 })
  const auth = new pg.Pool({ connectionString: authUrl, max: 1 })
  try {
    const { apiKey } = await ensureDemo({ app, auth }, { secret: testSecret, log: () => {} })
    const joined = [
      { ...viewer, name: 'Viewer', role: 'VIEWER' },
      { ...administrator, name: 'Administrator', role: 'ADMIN' },
    ] as const
    for (const { role, ...person } of joined)
      await addMembership(app, { tenantId: DEMO_TENANT_ID, userId: await createUser(auth, person), role })
    const empty = { key: 'newcomer', name: 'Newcomer', currency: 'EUR', timeZone: 'Europe/Berlin' }
    await provisionTenant({ app, auth }, { ...empty, ...newcomer, apiKey: null })
    return apiKey
  } finally {
    await Promise.all([app.end(), auth.end()])
  }
}
