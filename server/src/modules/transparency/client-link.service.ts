import {
  readClientLink,
  readClientLinks,
  readClientQuestions,
  type ClientLinkRow,
  type ClientQuestionRow,
} from '@outlay/db/sql/read-client-links'
import { today } from '@outlay/domain/periods/local-day'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { findClient } from '../client/client.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface PublishedLinkSource {
  link: ClientLinkRow | null
  url: string | null
  userErrors: UserErrorSource[]
}

/** The links of a client; none when there is no such client. */
export async function linksOf(context: Context, clientKey: string): Promise<ClientLinkRow[]> {
  const client = await findClient(context, clientKey)
  return client === null ? [] : readClientLinks(context.db, client.id)
}

export async function questionsOf(context: Context, clientKey: string): Promise<ClientQuestionRow[]> {
  const client = await findClient(context, clientKey)
  return client === null ? [] : readClientQuestions(context.db, client.id)
}

export interface PublishInput {
  clientKey: string
  label: string
  firstMonth: string
  lastMonth?: string | null | undefined
  days: number
}

/** Makes a link. userErrors: NOT_FOUND on `clientKey`, and those of publishClientLink. */
export async function publish(context: Context, input: PublishInput): Promise<PublishedLinkSource> {
  const { services, tenant, db, now } = context
  const client = await findClient(context, input.clientKey)
  if (client === null) {
    const message = 'There is no such client.'
    return { link: null, url: null, userErrors: [{ code: 'NOT_FOUND', message, field: ['input', 'clientKey'] }] }
  }
  const { label, firstMonth, lastMonth = null, days } = input
  const { linkId, url, userErrors } = await services.clientPages.publish(tenant.id, {
    clientId: client.id,
    wish: { label, firstMonth, lastMonth, days },
    today: today(now, tenant.timeZone),
    by: await actorOf(context),
  })
  return { link: linkId === null ? null : await readClientLink(db, linkId), url, userErrors }
}

export async function revoke(
  context: Context,
  linkId: string,
): Promise<{ link: ClientLinkRow | null; userErrors: UserErrorSource[] }> {
  const { services, tenant, db } = context
  const outcome = await services.clientPages.revoke(tenant.id, { linkId, by: await actorOf(context) })
  return {
    link: outcome.linkId === null ? null : await readClientLink(db, outcome.linkId),
    userErrors: outcome.userErrors,
  }
}
