import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { hmac, scramVerifier } from './scram.ts'

export interface RoleUrls {
  /** outlay_app: the requests and jobs of one tenant at a time, under row-level security. */
  readonly appUrl: string
  /** outlay_auth: sign-in tables, and looking up who is asking. */
  readonly authUrl: string
  /** outlay_queue: the job queue and its events in the schema bullmq, and no table of a tenant. */
  readonly queueUrl: string
}

/** Limits of every session of a role in this database; the server enforces them, whatever a client forgets. */
const sessionSettings = {
  statement_timeout: '30s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '60s',
  timezone: 'UTC',
} as const

/** The roles that log in, each with the schema where its tables are. */
const schemas = { outlay_app: 'public', outlay_auth: 'public', outlay_queue: 'bullmq' } as const

type Role = keyof typeof schemas

/**
 * Lets the roles of the migrations log in, with passwords derived from the installation's secret: nothing is stored,
 * and every start and every database of one cluster comes to the same ones. Safe to call at the same time from several
 * processes. Two installations with different secrets need clusters of their own.
 */
export async function provisionRoles(options: { ownerUrl: string; secret: string }): Promise<RoleUrls> {
  const { ownerUrl, secret } = options
  const urlOf = (role: Role) => withLogin(ownerUrl, role, rolePassword(secret, role))
  const owner = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 30_000 })
  owner.on('error', () => {})
  await owner.connect()
  try {
    for (const role of Object.keys(schemas) as Role[]) {
      if (!(await canLogIn(urlOf(role)))) await setPassword(owner, role, secret)
      await setLimits(owner, role)
    }
    await letTakeLimits(owner)
  } finally {
    await owner.end()
  }
  return { appUrl: urlOf('outlay_app'), authUrl: urlOf('outlay_auth'), queueUrl: urlOf('outlay_queue') }
}

const rolePassword = (secret: string, role: Role): string => hmac(secret, `outlay.role.${role}`).toString('base64url')

async function setPassword(owner: pg.Client, role: Role, secret: string): Promise<void> {
  const salt = hmac(secret, `outlay.salt.${role}`).subarray(0, 16)
  const verifier = scramVerifier(rolePassword(secret, role), salt)
  await retryCatalogueConflict(() => owner.query(`ALTER ROLE ${role} LOGIN PASSWORD '${verifier}'`))
}

async function setLimits(owner: pg.Client, role: Role): Promise<void> {
  const database = pg.escapeIdentifier(owner.database ?? 'postgres')
  for (const [name, value] of Object.entries({ ...sessionSettings, search_path: schemas[role] })) {
    await retryCatalogueConflict(() =>
      owner.query(`ALTER ROLE ${role} IN DATABASE ${database} SET ${name} = '${value}'`),
    )
  }
}

/**
 * Lets outlay_app take the roles outlay_limited and outlay_client for a transaction. It must not have their policies without taking them,
 * where they would ask for clients that nobody has set: NOINHERIT, said before the grant.
 */
async function letTakeLimits(owner: pg.Client): Promise<void> {
  for (const role of ['outlay_limited', 'outlay_client']) {
    const { rows } = await owner.query<{ inherits: boolean; may: boolean }>(
      `SELECT rolinherit AS inherits, pg_has_role(oid, $1, 'MEMBER') AS may FROM pg_roles WHERE rolname = 'outlay_app'`,
      [role],
    )
    if (rows[0]?.inherits !== false) await retryCatalogueConflict(() => owner.query('ALTER ROLE outlay_app NOINHERIT'))
    if (rows[0]?.may !== true) await retryCatalogueConflict(() => owner.query(`GRANT ${role} TO outlay_app`))
  }
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    // 28P01 wrong or no password; 28000 not allowed to log in.
    if (code === '28P01' || code === '28000') return false
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/** Roles belong to the whole cluster: two databases that change one at the same instant get "tuple concurrently updated". */
async function retryCatalogueConflict(statement: () => Promise<unknown>): Promise<void> {
  const attemptsMax = 20
  for (let attempt = 1; ; attempt++) {
    try {
      await statement()
      return
    } catch (error) {
      const conflict = /tuple concurrently|could not serialize|duplicate key/.test((error as Error).message)
      if (!conflict || attempt === attemptsMax) throw error
      await sleep(attempt * 10 + Math.floor(Math.random() * 30))
    }
  }
}

function withLogin(url: string, user: string, password: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = password
  return changed.href
}
