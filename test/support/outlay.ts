import { createTestDatabase, type TestDatabase, testSecret } from '@outlay/db/embedded/test-database'
import { makeMember, makeTenant, type MemberRole, type Person } from './make-tenant.ts'
import { freePort, ServerProcess } from './server-process.ts'
import { TenantClient } from './tenant-client.ts'

/** Outlay as a user has it: the real server in its own process on a fresh database of a real Postgres. */
export class Outlay {
  readonly database: TestDatabase
  readonly server: ServerProcess
  readonly #tenantIds = new Map<string, string>()

  constructor(database: TestDatabase, server: ServerProcess) {
    this.database = database
    this.server = server
  }

  get url(): string {
    return this.server.url
  }

  async createTenant(tenant: { key?: string; currency: string; timeZone: string }): Promise<TenantClient> {
    const made = await makeTenant(this.database, tenant)
    this.#tenantIds.set(made.key, made.tenantId)
    return made.client(() => this.url)
  }

  /** The same tenant with another key. */
  clientFor(tenantKey: string, apiKey: string): TenantClient {
    return new TenantClient(() => this.url, tenantKey, apiKey)
  }

  /** The uuid under which the database knows a tenant. */
  tenantId(tenant: TenantClient): string {
    const id = this.#tenantIds.get(tenant.key)
    if (id === undefined) throw new Error(`The tenant ${tenant.key} was not made here.`)
    return id
  }

  async createMember(tenant: TenantClient, member: { role: MemberRole; clientKey?: string }): Promise<Person> {
    return makeMember(this.database, { tenantId: this.tenantId(tenant), ...member })
  }

  /** The cookie of a signed-in person, as the browser sends it. */
  async signIn(person: Person): Promise<string> {
    const response = await fetch(`${this.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify(person),
    })
    if (response.status !== 200) throw new Error(`The sign-in was answered with ${response.status}.`)
    return response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')
  }

  async stop(): Promise<void> {
    await this.server.stop()
    // Whoever reads why a test failed wants to know what the server said to itself.
    const bugs = this.server.output.split('\n').filter((line) => line.startsWith('{"level":50'))
    if (bugs.length > 0) console.error(`The server reported errors of its own:\n${bugs.join('\n')}`)
    await this.database.drop()
  }
}

/** Starts Outlay once for a test file; `environment` is added to the server's. */
export async function startOutlay(options: { environment?: Record<string, string> } = {}): Promise<Outlay> {
  const database = await createTestDatabase()
  const { appUrl, authUrl, queueUrl } = database
  const server = new ServerProcess({
    appUrl,
    authUrl,
    queueUrl,
    secret: testSecret,
    port: await freePort(),
    ...options,
  })
  try {
    await server.start()
  } catch (error) {
    await server.kill()
    await database.drop()
    throw error
  }
  return new Outlay(database, server)
}
