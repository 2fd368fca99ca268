import type pg from 'pg'
import { MEMBER_CLIENT_IDS } from '@outlay/db/sql/read-members'
import { isRole, type Role } from '@outlay/domain/audience/policy'
import type { TenantInfo } from '../graphql/context.ts'
import type { SignIn } from './sign-in.ts'

/** A person's place in a tenant. */
export interface Membership {
  tenant: TenantInfo
  role: Role
  clientId: string | null
  /** The clients that a project manager is limited to, none of them included; null: not limited. */
  clientIds: readonly string[] | null
  /** Whether it holds example data. */
  isDemo: boolean
  /** Id of the tenant whose example it is; null for a real one, and for the demo of the installation. */
  demoOf: string | null
}

/** A signed-in person with the tenants they belong to, real ones first, then by the tenant's key. */
export interface Person {
  userId: string
  sessionId: string
  email: string
  name: string
  memberships: Membership[]
}

/** A removed member or an ended session is refused within 5 seconds, so nothing is believed for longer than this. */
const BELIEVED_MS = 4_000
const REMEMBERED_MAX = 5_000

const MEMBERSHIPS = {
  name: 'find_memberships',
  text: `SELECT m.role, m.client_id AS "clientId", ${MEMBER_CLIENT_IDS} AS "clientIds",
      t.id, t.key, t.name, t.currency, t.time_zone AS "timeZone", t.is_demo AS "isDemo", t.demo_of AS "demoOf"
    FROM membership m JOIN tenant t ON t.id = m.tenant_id WHERE m.user_id = $1 ORDER BY t.is_demo, t.key`,
}

/** A write for each minute of use at most: people are told when their sessions were last used, not how often. */
const USED = {
  name: 'note_session_use',
  text: `UPDATE session SET last_used_at = now() WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
}

interface MembershipRow extends TenantInfo {
  role: string
  clientId: string | null
  clientIds: string[] | null
  isDemo: boolean
  demoOf: string | null
}

/** Finds out who the bearer of a session cookie is. */
export class PersonAuth {
  readonly #signIn: SignIn
  readonly #pool: pg.Pool
  readonly #now: () => number
  readonly #remembered = new Map<string, { person: Promise<Person | null>; until: number }>()

  constructor(deps: { signIn: SignIn; pool: pg.Pool; now?: () => number }) {
    this.#signIn = deps.signIn
    this.#pool = deps.pool
    this.#now = deps.now ?? Date.now
  }

  /** The person whose session the cookies carry; null when nobody is signed in. */
  async authenticate(cookieHeader: string | undefined): Promise<Person | null> {
    const session = sessionCookie(cookieHeader)
    if (session === null) return null
    const known = this.#remembered.get(session)
    if (known !== undefined && known.until > this.#now()) return known.person
    const person = this.#lookUp(session)
    this.#remember(session, person)
    return person
  }

  /** Forgets a session: it was ended or begun. */
  forget(cookieHeader: string | undefined): void {
    const session = sessionCookie(cookieHeader)
    if (session !== null) this.#remembered.delete(session)
  }

  /** Forgets what is remembered: somebody's place or session changed here, and need not be believed any longer. */
  forgetAll(): void {
    this.#remembered.clear()
  }

  async memberships(userId: string): Promise<Membership[]> {
    const { rows } = await this.#pool.query<MembershipRow>({ ...MEMBERSHIPS, values: [userId] })
    return rows.flatMap(({ role, clientId, clientIds, isDemo, demoOf, id, key, name, currency, timeZone }) =>
      isRole(role)
        ? [{ role, clientId, clientIds, isDemo, demoOf, tenant: { id, key, name, currency, timeZone } }]
        : [],
    )
  }

  #remember(session: string, person: Promise<Person | null>): void {
    this.#remembered.delete(session)
    this.#remembered.set(session, { person, until: this.#now() + BELIEVED_MS })
    person.catch(() => this.#remembered.delete(session))
    if (this.#remembered.size <= REMEMBERED_MAX) return
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  async #lookUp(session: string): Promise<Person | null> {
    const found = await this.#signIn.api.getSession({ headers: new Headers({ cookie: session }) })
    if (found === null) return null
    const { id, email, name } = found.user
    const sessionId = found.session.id
    const [memberships] = await Promise.all([this.memberships(id), this.#pool.query({ ...USED, values: [sessionId] })])
    return { userId: id, sessionId, email, name, memberships }
  }
}

/** The session cookie alone, as `name=value`: no other cookie decides who somebody is. */
function sessionCookie(header: string | undefined): string | null {
  for (const part of (header ?? '').split(';')) {
    const cookie = part.trim()
    if (/^(__Secure-)?outlay\.session_token=./.test(cookie) && cookie.length <= 1000) return cookie
  }
  return null
}

/** The token of the session that the cookies carry: what its row is found by. The signature behind it is checked by better-auth. */
export function sessionToken(header: string | undefined): string | null {
  const value = sessionCookie(header)?.split('=').slice(1).join('=') ?? ''
  try {
    const [token = ''] = decodeURIComponent(value).split('.')
    return token === '' ? null : token
  } catch {
    return null
  }
}
