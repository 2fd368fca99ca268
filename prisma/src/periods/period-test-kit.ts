import { expect } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { monthFractions } from '@outlay/domain/periods/accrual'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { parseInstant } from '@outlay/domain/periods/instant'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { Corrections } from '../corrections/correct-invocation.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import type { RateInput } from '../ingest/parse-rates.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { upsertTask, type UpsertTaskInput } from '../ingest/upsert-task.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { applyRerating } from '../rerating/apply-rerating.ts'
import { previewRerating } from '../rerating/preview-rerating.ts'
import { requestApply } from '../rerating/request-apply.ts'
import { requestPreview } from '../rerating/request-preview.ts'
import { readConservationSums } from '../sql/read-fleet.ts'
import { readSnapshots } from '../sql/read-periods.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { closePeriod } from './close-period.ts'
import { readPeriodChecks } from './period-checks.ts'
import { agreeToReopening, requestReopening } from './reopen-period.ts'
import { compareWithSnapshot, verifySnapshot } from './snapshot.ts'

export const ZONE = 'Europe/London'

export interface PeriodWorld {
  database: TestDatabase
  pool: TenantPool
  owner: pg.Pool
  tenant: (at: string) => Promise<PeriodTenant>
  close: () => Promise<void>
}

export async function openPeriodWorld(): Promise<PeriodWorld> {
  const database = await createTestDatabase()
  const pool = new TenantPool({ url: database.appUrl })
  const owner = new pg.Pool({ connectionString: database.ownerUrl })
  return {
    database,
    pool,
    owner,
    tenant: (at) => makeTenant({ pool, owner }, at),
    close: async () => {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

export type PeriodTenant = Awaited<ReturnType<typeof makeTenant>>

const ADA = 'ada@example.test'
const BEN = 'ben@example.test'

/** A tenant whose every clock stands where the test puts it. */
async function makeTenant({ pool, owner }: { pool: TenantPool; owner: pg.Pool }, at: string) {
  const id = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', $2)`,
    [id, ZONE],
  )
  let micros = parseInstant(at)
  const configs = new TenantConfigs({ pool, catalogue: null })
  const clock = () => micros
  const ingestor = new Ingestor({ pool, configs, clock })
  const corrections = new Corrections({ pool, configs, clock })
  const db = tenantSql(pool, id)
  const deps = () => ({ pool, configs, now: micros / 1_000 })
  const tenant = {
    id,
    db,
    configs,
    ingestor,
    deps,
    now: () => micros,
    setClock: (to: string) => {
      micros = parseInstant(to)
    },
    record: async (...items: object[]) => {
      const outcome = await ingestor.record({ tenantId: id, items })
      expect(outcome.rejected).toEqual([])
    },
    publish: (...rates: RateInput[]) => publishRates({ pool }, id, rates),
    voids: (event: string) => corrections.voidInvocation(id, { id: event, reason: 'sent twice', by: ADA }),
    replace: (event: string, replacement: Record<string, unknown>) =>
      corrections.replaceInvocation(id, { id: event, reason: 'wrong count', by: ADA, replacement }),
    task: (input: UpsertTaskInput) => upsertTask({ pool, configs, now: micros }, id, input),
    /** Previews and applies a re-rating of a range. */
    rerate: async (range: { from: string; to: string }) => {
      const { reratingId } = await requestPreview({ pool }, id, { range, filter: null, whatIf: null, requestedBy: ADA })
      const ref = { tenantId: id, reratingId: reratingId ?? '' }
      const control = { signal: new AbortController().signal, publish: () => {}, pageSize: 3 }
      await previewRerating({ pool, configs }, ref, control)
      const { userErrors } = await requestApply({ pool }, ref, { reason: 'The prices were wrong.', appliedBy: ADA })
      expect(userErrors).toEqual([])
      await applyRerating({ pool, configs, clock: () => micros / 1_000 }, ref, control)
      return reratingId
    },
    checks: (month: CalendarDate) =>
      readPeriodChecks(db, { month, currency: 'GBP', timeZone: ZONE, now: micros / 1_000 }),
    /** Closes with a reason for whatever asks for one. Answers the codes of the userErrors with their messages. */
    closeMonth: async (month: CalendarDate) => {
      const checks = await tenant.checks(month)
      const accept = checks
        .filter(({ state }) => state === 'WARN')
        .map(({ item }) => ({ item, reason: 'Known and small.' }))
      const { userErrors } = await closePeriod(deps(), id, { month, by: ADA, accept })
      return userErrors.map(({ code, message }) => `${code}: ${message}`)
    },
    reopen: async (month: CalendarDate) => {
      const asked = await requestReopening(deps(), id, { month, by: ADA, reason: 'An invoice was missing.' })
      const agreed = await agreeToReopening(deps(), id, { month, by: BEN })
      return [...asked.userErrors, ...agreed.userErrors].map(({ code }) => code)
    },
    closedMonths: async () =>
      (
        await owner.query<{ month: string; edition: number }>(
          `SELECT month::text, edition FROM period WHERE tenant_id = $1 AND state = 'CLOSED' ORDER BY 1`,
          [id],
        )
      ).rows,
    verify: () => verifyRollups(pool, id),
    conservation: (from: CalendarDate, to: CalendarDate) => {
      const { start, end } = rangeBounds({ from, to }, ZONE)
      const instants = { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
      const fractions = monthFractions({ startMs: start, endMs: end }, ZONE)
      return readConservationSums(db, { range: { from, to }, ...instants, fractions })
    },
    /** `cost_direct + cost_shared` of a month's cells. */
    costOf: async (month: CalendarDate) =>
      (
        await owner.query<{ cost: string }>(
          `SELECT trim_scale(coalesce(sum(cost_direct + cost_shared), 0))::text AS cost FROM rollup_day
           WHERE tenant_id = $1 AND grain = 0 AND day >= $2::date AND day < $3::date`,
          [id, month, addMonths(month, 1)],
        )
      ).rows[0]?.cost,
    /** Every standing correction: `cause usage → posted cost invocations unpriced`. */
    corrections: async () =>
      (
        await owner.query<{ said: string }>(
          `SELECT cause || ' ' || usage_day || ' → ' || posted_day || ' ' || trim_scale(cost_direct + cost_shared) || ' ' || invocations || ' ' || unpriced AS said
           FROM period_correction WHERE tenant_id = $1 AND returned_at IS NULL ORDER BY id`,
          [id],
        )
      ).rows.map(({ said }) => said),
    snapshot: async (month: CalendarDate, edition: number) =>
      (await readSnapshots(db, [month])).find((snapshot) => snapshot.edition === edition),
    /** What a close promises, of every month that is closed: the rows of the edition are what the cells say. */
    expectClosedAsWritten: async () => {
      for (const { month, edition } of await tenant.closedMonths()) {
        expect({ month, different: await compareWithSnapshot(db, { month, edition, currency: 'GBP' }) }).toEqual({
          month,
          different: 0,
        })
        expect({ month, isIntact: await verifySnapshot(db, { month, edition }) }).toEqual({ month, isIntact: true })
      }
    },
  }
  return tenant
}
