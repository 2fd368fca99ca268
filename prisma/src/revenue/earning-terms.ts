import type { Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { readChargesOfDays } from '../billing/charges-of-days.ts'
import {
  readEngagementsEarning,
  readProjectTermDays,
  type EarningEngagement,
  type ProjectTermDays,
} from '../sql/read-engagements.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/** What an engagement charges for the days of a range that it is in force on. */
export interface ChargedRevenue {
  engagementId: string
  /** Of the terms, or of their project; null for a project without a client. */
  clientId: string | null
  /** Null: of a client, for all of its work outside projects with terms of their own. It is no project's. */
  projectId: string | null
  amount: Fixed18
}

/** Days on which the billed amounts of a place are no revenue. */
export interface UnbilledDays {
  clientId: string | null
  projectId: string | null
  startsOn: CalendarDate
  endsOn: CalendarDate | null
}

/** What the terms of engagements say of the revenue of a range. */
export interface EarningTerms {
  charged: readonly ChargedRevenue[]
  unbilled: readonly UnbilledDays[]
  /** The days on which projects have terms of their own: their tasks are under no terms of a client. */
  except: readonly ProjectTermDays[]
}

/**
 * What the terms of engagements say of the revenue of a range, of a project where it is given. It takes a reader of the whole tenant: work that is
 * tagged with a project is charged under its terms, whoever's the project is.
 */
export async function readEarningTerms(
  db: TenantSql,
  asked: { range: DateRange; currency: string; timeZone: string; projectId?: string },
): Promise<EarningTerms> {
  const { range, currency, timeZone, projectId } = asked
  const engagements = await readEngagementsEarning(db, range)
  if (engagements.length === 0) return { charged: [], unbilled: [], except: [] }
  const except = await readProjectTermDays(db)
  const charging = engagements.filter(
    (one) =>
      one.revenueSource === 'CHARGES' &&
      one.currency === currency &&
      (projectId === undefined || one.projectId === projectId),
  )
  const amounts = await readChargesOfDays(db, { engagements: charging, range, timeZone, except })
  return {
    charged: charging.map(({ id, ownerId, projectId: of }, index) => ({
      ...{ engagementId: id, clientId: ownerId, projectId: of, amount: amounts[index] ?? 0n },
    })),
    unbilled: engagements.map(({ clientId, projectId: of, startsOn, endsOn }: EarningEngagement) => ({
      ...{ clientId, projectId: of, startsOn, endsOn },
    })),
    except,
  }
}

/** The same for whoever is limited to some clients: charges of others are left out. The days that are left are ids and days alone. */
export function termsOfClients(terms: EarningTerms, clientIds: readonly string[] | null): EarningTerms {
  if (clientIds === null) return terms
  return {
    ...terms,
    charged: terms.charged.filter(({ clientId }) => clientId !== null && clientIds.includes(clientId)),
  }
}
