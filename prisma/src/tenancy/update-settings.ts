import type { Pool, PoolClient } from 'pg'
import { checkBrand, type Brand } from '@outlay/domain/audience/brand'
import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { checkTimeZone } from '@outlay/domain/periods/time-zone'
import { bumpConfig, lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { IS_SETTLED } from '../sql/read-settings.ts'
import { tenantTransaction } from './tenant-transaction.ts'

/** Absent (undefined or null) means: leave as it is. */
export interface TenantSettings {
  name?: string | null
  /** ISO 4217. */
  currency?: string | null
  /** A name of the tz database. */
  timeZone?: string | null
  /** Whether the cost that a sender reports is used where no rate matches. */
  useReportedCost?: boolean | null
  /** Colours `#rrggbb` on what clients see; both null or left out: none of its own. */
  brand?: { light?: string | null; dark?: string | null } | null
}

/** Longest name that still fits where it is shown. */
const NAME_LENGTH_MAX = 80

/** What a tenant is told that asks for another currency or zone when amounts and days are stored in the ones it has. */
const SETTLED = 'has usage, completed tasks, budgets, cost pools or closed months that are stored'

/**
 * Changes what is given of a tenant's settings, all of it or nothing. They hold for what is recorded from now on; what is rated already
 * keeps its rating until a re-rating (law L12). Currency and time zone change only as long as no amount and no day is stored in them.
 *
 * userErrors, on `input.<field>`: INVALID_FIELD, MISSING_FIELD, LOW_CONTRAST, UNKNOWN_CURRENCY, UNKNOWN_TIME_ZONE, CURRENCY_SETTLED, TIME_ZONE_SETTLED.
 */
export async function updateTenantSettings(
  pool: Pool,
  tenantId: string,
  settings: TenantSettings,
): Promise<{ userErrors: UserError[] }> {
  try {
    const wish = checked(settings)
    if (Object.values(wish).every((value) => value === null)) return { userErrors: [] }
    await tenantTransaction(pool, tenantId, async (client) => {
      // Who records usage waits, so that the first event is of the currency and zone from before or after this, not of both.
      await lockTenant(client, tenantId)
      await refuseSettled(client, tenantId, wish)
      const changed = await client.query(UPDATE, [
        tenantId,
        wish.useReportedCost,
        wish.name,
        wish.currency,
        wish.timeZone,
      ])
      if (changed.rows.length > 0) await bumpConfig(client, tenantId)
      if (wish.brand !== null) await client.query(UPDATE_BRAND, [tenantId, wish.brand.light, wish.brand.dark])
    })
    return { userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const { code, message, field } = error
    return { userErrors: [{ code, message, field: field === undefined ? null : ['input', ...field.split('.')] }] }
  }
}

const UPDATE = `
UPDATE tenant SET use_reported_cost = coalesce($2::boolean, use_reported_cost), name = coalesce($3, name), currency = coalesce($4, currency),
  time_zone = coalesce($5, time_zone)
WHERE id = $1::uuid AND (use_reported_cost, name, currency, time_zone)
  <> (coalesce($2::boolean, use_reported_cost), coalesce($3, name), coalesce($4, currency), coalesce($5, time_zone)) RETURNING id`

// No price and no day depends on it, so nothing that is remembered for ingest changes.
const UPDATE_BRAND = 'UPDATE tenant SET brand_light = $2, brand_dark = $3 WHERE id = $1::uuid'

type Given = Omit<TenantSettings, 'brand'>

type Wish = { [Field in keyof Given]-?: Exclude<Given[Field], undefined> } & {
  /** null: as it is; colours of null: none. */
  brand: { [Scheme in keyof Brand]: string | null } | null
}

/** Throws DomainError naming the field and the value that cannot be. */
function checked({ name, currency, timeZone, useReportedCost, brand }: TenantSettings): Wish {
  const trimmed = name?.trim() ?? null
  if (trimmed !== null) checkKey(trimmed, 'name', NAME_LENGTH_MAX)
  if (currency != null && !isCurrencyCode(currency))
    throw new DomainError(
      'UNKNOWN_CURRENCY',
      `${quoted(currency)} is not an ISO 4217 currency code such as GBP.`,
      'currency',
    )
  if (timeZone != null) checkTimeZone(timeZone)
  return {
    name: trimmed,
    currency: currency ?? null,
    timeZone: timeZone ?? null,
    useReportedCost: useReportedCost ?? null,
    brand: brand == null ? null : (checkBrand(brand) ?? { light: null, dark: null }),
  }
}

const CURRENT = `SELECT currency, time_zone AS "timeZone", ${IS_SETTLED} AS "isSettled" FROM tenant t WHERE id = $1::uuid`

async function refuseSettled(client: PoolClient, tenantId: string, { currency, timeZone }: Wish): Promise<void> {
  if (currency === null && timeZone === null) return
  const { rows } = await client.query<{ currency: string; timeZone: string; isSettled: boolean }>(CURRENT, [tenantId])
  const [now] = rows
  if (now === undefined || !now.isSettled) return
  if (currency !== null && currency !== now.currency)
    throw new DomainError(
      'CURRENCY_SETTLED',
      `The currency stays ${now.currency}: the tenant ${SETTLED} in it. For ${currency}, make another tenant.`,
      'currency',
    )
  if (timeZone !== null && timeZone !== now.timeZone)
    throw new DomainError(
      'TIME_ZONE_SETTLED',
      `The time zone stays ${now.timeZone}: the tenant ${SETTLED} by its days. For ${timeZone}, make another tenant.`,
      'timeZone',
    )
}
