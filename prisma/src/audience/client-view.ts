import { clientViewSchema, type ClientView } from '@outlay/domain/audience/client-view'
import { showClient, type ChargedEngagement, type WorkedTask } from '@outlay/domain/audience/show-client'
import { checkTerms } from '@outlay/domain/billing/check-terms'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { chargeOf, placeOf } from '../billing/charges.ts'
import { readBilledDays } from '../sql/read-billing-facts.ts'
import { readFirm, readTermsInForce, readWorkedTasks, type OwnTerms } from '../sql/read-client-view.ts'
import { readProjectTermDays, type ProjectTermDays } from '../sql/read-engagements.ts'
import { clientOwnSql, tenantSql, type TenantSql } from '../sql/tenant-sql.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'

/** Whose month is shown. */
export interface ClientViewAsk {
  tenantId: string
  clientId: string
  /** First day of the month. */
  month: CalendarDate
  /** The instant of the question, in milliseconds. */
  now: number
  /** The most tasks that are listed; default 100. */
  tasksMax?: number
}

const TASKS_MAX = 100

/**
 * A month of a client's work as the client is shown it; null where there is no such client. It is read under a role that knows this client
 * only, and made by the allow-list of law L28 (docs/decisions/0028). One reading is the firm's own: which projects have terms of their own on
 * which days, ids and days alone, because work tagged with one is charged under its terms, whoever's project it is.
 */
export async function readClientView(
  pool: TenantPool,
  { tenantId, clientId, month, now, tasksMax = TASKS_MAX }: ClientViewAsk,
): Promise<ClientView | null> {
  const db = clientOwnSql(pool, tenantId, clientId)
  const range = { from: month, to: addMonths(month, 1) }
  const [firm, terms, except] = await Promise.all([
    readFirm(db, clientId),
    readTermsInForce(db, { clientId, ...range }),
    readProjectTermDays(tenantSql(pool, tenantId)),
  ])
  if (firm === null) return null
  const { timeZone, currency } = firm
  const engagements: ChargedEngagement[] = []
  // One after the other: each is a few reads, and a page must not take all connections.
  for (const own of terms) engagements.push(await charged(db, { own, month, timeZone, except }))
  const chargedTasks = engagements.flatMap(({ charge }) => charge.lines.flatMap(({ taskId }) => taskId ?? []))
  const tasks: WorkedTask[] = await readWorkedTasks(db, { clientId, ...range, also: [...new Set(chargedTasks)] })
  return clientViewSchema.parse(
    showClient({
      ...{ firm: firm.firm, client: firm.client, month, today: today(now, timeZone), currency, timeZone },
      ...{ engagements, tasks, tasksMax },
    }),
  )
}

async function charged(
  db: TenantSql,
  {
    own,
    month,
    timeZone,
    except,
  }: {
    own: OwnTerms
    month: CalendarDate
    timeZone: string
    except: readonly ProjectTermDays[]
  },
): Promise<ChargedEngagement> {
  const { charge, cost } = await chargeOf(db, { engagement: own, month, timeZone, except })
  const days = await readBilledDays(db, {
    place: placeOf(own, except),
    range: { from: charge.from, to: charge.to },
    timeZone,
  })
  return {
    projectId: own.projectId,
    projectName: own.projectName,
    startsOn: own.startsOn,
    terms: checkTerms(own.terms, own.currency),
    charge,
    days,
    hasUnpriced: cost.unpriced + cost.unconverted > 0n,
  }
}
