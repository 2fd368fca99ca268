import type pg from 'pg'
import { GIVEN_KEY_LENGTH_MIN, hashApiKey, KEY_LENGTH_MAX } from '@outlay/db/admin/api-key'
import type { TenantInfo } from '../graphql/context.ts'

/** A machine that presented a valid key. */
export interface KeyHolder {
  keyId: string
  scopes: readonly string[]
  tenant: TenantInfo
}

/** A revoked key is refused within 5 seconds everywhere, so nothing is believed for longer than this. */
const BELIEVED_MS = 4_000
/** How long an unknown key stays unknown; shorter, because a key that was just made must work. */
const DISBELIEVED_MS = 1_000
/** Most keys remembered, known and unknown together; a guesser cannot fill memory. */
const REMEMBERED_MAX = 10_000

const LOOKUP = {
  name: 'find_api_key_holder',
  text: `SELECT k.id AS "keyId", k.scopes, t.id AS "tenantId", t.key, t.name, t.currency, t.time_zone AS "timeZone"
    FROM api_key k JOIN tenant t ON t.id = k.tenant_id WHERE k.hash = $1::bytea AND k.revoked_at IS NULL`,
}

interface LookupRow {
  keyId: string
  scopes: string[]
  tenantId: string
  key: string
  name: string
  currency: string
  timeZone: string
}

interface Remembered {
  holder: Promise<KeyHolder | null>
  until: number
}

/**
 * Finds out whose key it is. Only the SHA-256 leaves this function's hands: it is what is stored, looked up and remembered, and looking up
 * a hash tells a guesser nothing by its time. Reads as outlay_auth, which sees hashes and owners and nothing else.
 */
export class ApiKeyAuth {
  readonly #pool: pg.Pool
  readonly #onUse: (use: { tenantId: string; keyId: string }) => void
  readonly #now: () => number
  readonly #remembered = new Map<string, Remembered>()

  constructor(deps: { pool: pg.Pool; onUse?: (use: { tenantId: string; keyId: string }) => void; now?: () => number }) {
    this.#pool = deps.pool
    this.#onUse = deps.onUse ?? (() => {})
    this.#now = deps.now ?? Date.now
  }

  /** The holder of the key in an Authorization header; null when it is missing, malformed, unknown or revoked. */
  async authenticate(authorization: string | undefined): Promise<KeyHolder | null> {
    const key = bearer(authorization)
    if (key === null) return null
    const hash = hashApiKey(key)
    const holder = await this.#holderOf(hash)
    if (holder !== null) this.#onUse({ tenantId: holder.tenant.id, keyId: holder.keyId })
    return holder
  }

  /** Forgets what is remembered: a key was revoked here, and need not be believed any longer. */
  forget(): void {
    this.#remembered.clear()
  }

  #holderOf(hash: Buffer): Promise<KeyHolder | null> {
    const name = hash.toString('base64')
    const known = this.#remembered.get(name)
    if (known !== undefined && known.until > this.#now()) return known.holder
    const entry: Remembered = { holder: this.#lookUp(hash), until: this.#now() + BELIEVED_MS }
    this.#remember(name, entry)
    entry.holder.then(
      (holder) => {
        if (holder === null) entry.until = this.#now() + DISBELIEVED_MS
      },
      // A database that did not answer says nothing about the key.
      () => this.#remembered.delete(name),
    )
    return entry.holder
  }

  #remember(name: string, entry: Remembered): void {
    this.#remembered.delete(name)
    this.#remembered.set(name, entry)
    if (this.#remembered.size <= REMEMBERED_MAX) return
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  async #lookUp(hash: Buffer): Promise<KeyHolder | null> {
    const result = await this.#pool.query<LookupRow>({ ...LOOKUP, values: [hash] })
    const row = result.rows[0]
    if (row === undefined) return null
    const { keyId, scopes, tenantId, key, name, currency, timeZone } = row
    return { keyId, scopes, tenant: { id: tenantId, key, name, currency, timeZone } }
  }
}

function bearer(authorization: string | undefined): string | null {
  const match = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')
  const key = match?.[1]
  if (key === undefined || key.length < GIVEN_KEY_LENGTH_MIN || key.length > KEY_LENGTH_MAX) return null
  return key
}
