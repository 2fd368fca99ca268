import type { ClientView } from '@outlay/domain/audience/client-view'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { Context } from '../../graphql/context.ts'
import { notFound } from '../../graphql/errors.ts'
import { findClient } from '../client/client.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

/** The client that a login belongs to, and whose it is. Throws NOT_FOUND for who belongs to none. */
function clientOf({ principal }: Context): { clientId: string; email: string } {
  if (principal.kind !== 'user' || principal.clientId === null) throw notFound('A client of yours')
  return { clientId: principal.clientId, email: principal.email }
}

/** A month of the asker's own client. Throws BAD_USER_INPUT for a day that begins no month. */
export async function ownView(context: Context, month: CalendarDate, tasksMax?: number): Promise<ClientView> {
  const { services, tenant, now } = context
  const { clientId } = clientOf(context)
  const view = await services.clientPages.view({
    tenantId: tenant.id,
    clientId,
    month: checkMonth(month, 'month'),
    now,
    ...(tasksMax === undefined ? {} : { tasksMax }),
  })
  if (view === null) throw notFound('A client of yours')
  return view
}

/** What a client is shown, as its links and logins show it; null when there is no such client. */
export async function previewOf(
  context: Context,
  { clientKey, month }: { clientKey: string; month: CalendarDate },
): Promise<ClientView | null> {
  const { services, tenant, now } = context
  checkMonth(month, 'month')
  const client = await findClient(context, clientKey)
  if (client === null) return null
  return services.clientPages.view({ tenantId: tenant.id, clientId: client.id, month, now })
}

export async function askAboutMonth(
  context: Context,
  { month, body }: { month: CalendarDate; body: string },
): Promise<{ userErrors: UserErrorSource[] }> {
  const { clientId, email } = clientOf(context)
  const wish = { clientId, month: checkMonth(month, 'month'), body, by: { linkId: null, email } }
  const { userErrors } = await context.services.clientPages.ask(context.tenant.id, wish)
  return { userErrors }
}
