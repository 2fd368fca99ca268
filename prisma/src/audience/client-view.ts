import type { PoolClient } from 'pg'
import { clientViewSchema, type ClientView } from '@outlay/domain/audience/client-view'
import { showClient, type ChargedEngagement, type WorkedTask } from '@outlay/domain/audience/show-client'
import { checkTerms } from '@outlay/domain/billing/check-terms'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { ChargedTime } from '../billing/charged-time.ts'
import { chargeOf, placeOf, readTimeOf } from '../billing/charges.ts'
import { countsTasks } from '../billing/period-facts.ts'
import { readBilledCompletions, readBilledDays } from '../sql/read-billing-facts.ts'
import { readFirm, readTermsInForce, readWorkedTasks, type OwnTerms } from '../sql/read-client-view.ts'
import { readEngagementsInForce, readProjectTermDays, type ProjectTermDays } from '../sql/read-engagements.ts'
import { clientOwnSql, clientSql, tenantSql, type TenantSql } from '../sql/tenant-sql.ts'
import { asLimited } from '../tenancy/as-limited.ts'
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
 * only, and made by the allow-list of law L28 (docs/decisions/0028). Two readings are the firm's own: which projects have terms of their own on
 * which days, ids and days alone, because work tagged with one is charged under its terms, whoever's project it is; and how long the tasks that
 * the client pays by the hour were worked on, ids, days and durations alone, because that is read from events.
 */
export async function readClientView(pool: TenantPool, ask: ClientViewAsk): Promise<ClientView | null> {
  const { tenantId, clientId } = ask
  return viewOf(clientOwnSql(pool, tenantId, clientId), ask, await readFirmsPart(tenantSql(pool, tenantId), ask))
}

/** The same within the transaction of a reader that sees the whole tenant: while the view is read, it sees this client only. */
export async function readClientViewWithin(holder: PoolClient, ask: ClientViewAsk): Promise<ClientView | null> {
  const { tenantId, clientId } = ask
  const db = clientSql(holder, tenantId)
  const firms = await readFirmsPart(db, ask)
  return asLimited(holder, { tenantId, clientIds: null, answeredClient: clientId }, () => viewOf(db, ask, firms))
}

/** What is read as the firm, before its reader becomes one that knows the client only. */
interface FirmsPart {
  except: readonly ProjectTermDays[]
  time: readonly ChargedTime[]
}

async function readFirmsPart(db: TenantSql, { clientId, month }: ClientViewAsk): Promise<FirmsPart> {
  const [except, engagements, firm] = [
    await readProjectTermDays(db),
    await readEngagementsInForce(db, { from: month, to: addMonths(month, 1), projectId: null, clientId }),
    await readFirm(db, clientId),
  ]
  if (firm === null) return { except, time: [] }
  return { except, time: await readTimeOf(db, { engagements, month, timeZone: firm.timeZone }) }
}

async function viewOf(
  db: TenantSql,
  { clientId, month, now, tasksMax = TASKS_MAX }: ClientViewAsk,
  firms: FirmsPart,
): Promise<ClientView | null> {
  const range = { from: month, to: addMonths(month, 1) }
  const [firm, terms] = await Promise.all([readFirm(db, clientId), readTermsInForce(db, { clientId, ...range })])
  if (firm === null) return null
  const { timeZone, currency } = firm
  const engagements: ChargedEngagement[] = []
  // One after the other: each is a few reads, and a page must not take all connections.
  for (const own of terms) engagements.push(await charged(db, { own, month, timeZone, firms }))
  const chargedTasks = engagements.flatMap(({ charge }) => charge.lines.flatMap(({ taskId }) => taskId ?? []))
  const tasks: WorkedTask[] = await readWorkedTasks(db, { clientId, ...range, also: [...new Set(chargedTasks)] })
  return clientViewSchema.parse(
    showClient({
      ...{
        firm: firm.firm,
        brand: firm.brand,
        client: firm.client,
        month,
        today: today(now, timeZone),
        currency,
        timeZone,
      },
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
    firms,
  }: {
    own: OwnTerms
    month: CalendarDate
    timeZone: string
    firms: FirmsPart
  },
): Promise<ChargedEngagement> {
  const { charge, cost } = await chargeOf(db, { engagement: own, month, timeZone, ...firms })
  const [terms, place, except] = [checkTerms(own.terms, own.currency), placeOf(own), firms.except]
  const range = { from: charge.from, to: charge.to }
  const days = await readBilledDays(db, { place, range, timeZone, except })
  const completed = countsTasks(terms)
    ? await readBilledCompletions(db, { days: [{ nr: 0, place, range }], except })
    : []
  return {
    projectId: own.projectId,
    projectName: own.projectName,
    startsOn: own.startsOn,
    terms,
    charge,
    days,
    completed: completed.map(({ completedOn }) => completedOn),
    hasUnpriced: cost.unpriced + cost.unconverted > 0n,
  }
}
