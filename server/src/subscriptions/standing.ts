import type pg from 'pg'
import { MEMBER_CLIENT_IDS } from '@outlay/db/sql/read-members'
import { isRole } from '@outlay/domain/audience/policy'
import type { Authenticated } from '../auth/authenticate.ts'

/** What somebody was let in by. It is looked at again while they stay. */
export type Pass =
  { kind: 'key'; tenantId: string; keyId: string } | { kind: 'session'; tenantId: string; token: string }

interface Standing {
  rights: string
  timeZone: string
  currency: string
}

/** The standing of passes at one instant, for all sockets of a process in one reading. */
export class Standings {
  readonly #standings: ReadonlyMap<string, Standing>

  constructor(standings: ReadonlyMap<string, Standing>) {
    this.#standings = standings
  }

  /**
   * Who the holder of a pass is now; null when it is worth nothing any more, or when it is worth something else than it was: what was begun
   * with other rights is not continued.
   */
  of(pass: Pass, asker: Authenticated): Authenticated | null {
    const standing = this.#standings.get(nameOf(pass))
    if (standing === undefined || standing.rights !== rightsOf(asker)) return null
    const { timeZone, currency } = standing
    return { ...asker, tenant: { ...asker.tenant, timeZone, currency } }
  }
}

const KEYS = {
  name: 'standing_of_keys',
  text: `SELECT k.tenant_id AS "tenantId", k.id, k.scopes, t.time_zone AS "timeZone", t.currency
    FROM unnest($1::uuid[], $2::uuid[]) AS p(tenant_id, id)
    JOIN api_key k ON k.tenant_id = p.tenant_id AND k.id = p.id AND k.revoked_at IS NULL
    JOIN tenant t ON t.id = k.tenant_id`,
}

const SESSIONS = {
  name: 'standing_of_sessions',
  text: `SELECT m.tenant_id AS "tenantId", s.token, m.role, m.client_id AS "clientId", ${MEMBER_CLIENT_IDS} AS "clientIds", t.time_zone AS "timeZone", t.currency
    FROM unnest($1::uuid[], $2::text[]) AS p(tenant_id, token)
    JOIN session s ON s.token = p.token AND s.expires_at > clock_timestamp()
    JOIN membership m ON m.tenant_id = p.tenant_id AND m.user_id = s.user_id
    JOIN tenant t ON t.id = m.tenant_id`,
}

interface KeyRow {
  tenantId: string
  id: string
  scopes: string[]
  timeZone: string
  currency: string
}

interface SessionRow {
  tenantId: string
  token: string
  role: string
  clientId: string | null
  clientIds: string[] | null
  timeZone: string
  currency: string
}

/** Reads what passes are worth now, as outlay_auth. */
export async function readStandings(pool: pg.Pool, passes: readonly Pass[]): Promise<Standings> {
  const keys = passes.filter((pass) => pass.kind === 'key')
  const sessions = passes.filter((pass) => pass.kind === 'session')
  const [keyRows, sessionRows] = await Promise.all([
    keys.length === 0
      ? []
      : pool
          .query<KeyRow>({ ...KEYS, values: [keys.map(({ tenantId }) => tenantId), keys.map(({ keyId }) => keyId)] })
          .then(({ rows }) => rows),
    sessions.length === 0
      ? []
      : pool
          .query<SessionRow>({
            ...SESSIONS,
            values: [sessions.map(({ tenantId }) => tenantId), sessions.map(({ token }) => token)],
          })
          .then(({ rows }) => rows),
  ])
  const standings = new Map<string, Standing>()
  for (const { tenantId, id, scopes, timeZone, currency } of keyRows)
    standings.set(nameOf({ kind: 'key', tenantId, keyId: id }), { rights: keyRights(scopes), timeZone, currency })
  for (const { tenantId, token, role, clientId, clientIds, timeZone, currency } of sessionRows) {
    if (isRole(role))
      standings.set(nameOf({ kind: 'session', tenantId, token }), {
        rights: userRights({ role, clientId, clientIds }),
        timeZone,
        currency,
      })
  }
  return new Standings(standings)
}

function nameOf(pass: Pass): string {
  return pass.kind === 'key' ? `key ${pass.tenantId} ${pass.keyId}` : `session ${pass.tenantId} ${pass.token}`
}

/** Whatever decides what somebody may see. */
function rightsOf({ principal }: Authenticated): string {
  return principal.kind === 'key' ? keyRights(principal.scopes) : userRights(principal)
}

const keyRights = (scopes: readonly string[]): string => [...scopes].sort().join(' ')

/** Which clients a limited person sees counts as much as the role: the arrays are in one order, as they are read. */
const userRights = (of: { role: string; clientId: string | null; clientIds: readonly string[] | null }): string =>
  `${of.role} ${of.clientId ?? ''} ${of.clientIds?.join(',') ?? 'all'}`
