import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addMembership, createApiKey, createTenant } from '@outlay/db/admin/create-tenant'
import { hookPolicy } from '@outlay/db/channels/hook-policy'
import { createTestDatabase, testSecret, type TestDatabase } from '@outlay/db/embedded/test-database'
import type { Role, Scope } from '@outlay/domain/audience/policy'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createUser } from '../auth/create-user.ts'
import type { ServerSettings } from '../env.ts'
import { createServer, type Server } from './create-server.ts'

/** What a GraphQL answer looks like to a test. */
export interface Answer {
  status: number
  // The shape is what each test asserts.
  data: Record<string, never> | null
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

export interface TestServer {
  server: Server
  url: string
  database: TestDatabase
  /** Superuser, for arranging and for looking at everything. */
  owner: pg.Pool
  settings: ServerSettings
  tenant: (options?: { currency?: string; timeZone?: string }) => Promise<TestTenant>
  close: () => Promise<void>
}

export interface TestTenant {
  id: string
  key: string
  /** A key with every scope. */
  apiKey: string
  keyWith: (...scopes: Scope[]) => Promise<string>
  /** Signs a new person in and answers the cookie. */
  signedIn: (role: Role, clientKey?: string) => Promise<string>
  ask: (query: string, variables?: Record<string, unknown>) => Promise<Answer>
}

const PASSWORD = 'a-test-password'

/** A server on a free port with a database of its own, in this process; `given` replaces settings. */
export async function startTestServer(given: Partial<ServerSettings> = {}): Promise<TestServer> {
  const database = await createTestDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'outlay-server-test-'))
  const settings: ServerSettings = {
    host: '127.0.0.1',
    port: 0,
    appDatabaseUrl: database.appUrl,
    authDatabaseUrl: database.authUrl,
    queueHome: { kind: 'postgres', url: database.queueUrl },
    secret: testSecret,
    publicUrl: 'http://127.0.0.1',
    hasPublicUrl: false,
    portal: { kind: 'none' },
    smtp: null,
    oidc: null,
    dataDir,
    isDevelopment: false,
    // A fault of ours is printed beside the test that met it.
    logLevel: 'error',
    hooks: hookPolicy(''),
    ...given,
  }
  const server = await createServer(settings)
  const url = await server.listen()
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 })
  owner.on('error', () => {})
  return {
    server,
    url,
    database,
    owner,
    settings,
    tenant: (options) => makeTenant(server, url, options),
    close: async () => {
      await server.close()
      await owner.end()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function makeTenant(
  server: Server,
  url: string,
  options: { currency?: string; timeZone?: string } = {},
): Promise<TestTenant> {
  const id = uuidv7()
  const key = `tenant-${id}`
  const { currency = 'GBP', timeZone = 'Europe/London' } = options
  await createTenant(server.pool, { id, key, name: 'Test', currency, timeZone })
  const keyWith = async (...scopes: Scope[]) =>
    (await createApiKey(server.pool, { tenantId: id, name: 'Test', scopes })).key
  const apiKey = await keyWith('ingest', 'read', 'admin')
  return {
    id,
    key,
    apiKey,
    keyWith,
    signedIn: async (role, clientKey) => {
      const email = `${role.toLowerCase()}-${uuidv7()}@example.test`
      const userId = await createUser(server.authPool, { email, password: PASSWORD, name: 'A Person' })
      await addMembership(server.pool, { tenantId: id, userId, role, clientKey: clientKey ?? null })
      return signIn(url, email, PASSWORD)
    },
    ask: (query, variables) => ask(url, { authorization: `Bearer ${apiKey}` }, query, variables),
  }
}

/** Signs in by e-mail and password; answers the cookie header. Throws when the sign-in is refused. */
export async function signIn(url: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  })
  if (!response.ok) throw new Error(`Sign-in answered ${response.status}: ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/** Sends a GraphQL document. */
export async function ask(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as Partial<Omit<Answer, 'status'>>
  return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] }
}
