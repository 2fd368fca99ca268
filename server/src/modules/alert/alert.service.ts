import type { AlertScope, StoredContributor } from '@outlay/db/alerts/alert-row'
import {
  countAlerts,
  countAlertStates,
  readAlertHistory,
  readAlerts,
  readAlertsByIds,
  readSuppressedBy,
  type AlertEventRecord,
  type AlertFilter,
  type AlertOrder,
} from '@outlay/db/sql/read-alerts'
import { readDeliveriesOfAlerts, type DeliveryRecord } from '@outlay/db/sql/read-channels'
import type { AlertKind, AlertState } from '@outlay/domain/alerts/alert'
import type { AlertActionInput } from '@outlay/domain/alerts/state-machine'
import { quoted } from '@outlay/domain/errors'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { findMember } from '@outlay/db/budgets/resolve-budget'
import type { PersonRecord } from '../../auth/people.ts'
import { actorOf } from '../../graphql/actor.ts'
import { limitOf, type Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { groupBy } from '@outlay/domain/group-by'
import { checkedRange } from '../../reads/period.ts'
import type { UserErrorSource } from '../user-error.schema.ts'
import type { AlertSource } from './alert.ref.ts'
import { findAlert } from './find-alert.ts'

export interface AlertArgs extends PageArgs {
  state?: AlertState | null | undefined
  scope?: AlertScope | null | undefined
  key?: string | null | undefined
  kinds?: readonly AlertKind[] | null | undefined
  isOpen?: boolean | null | undefined
  range?: DateRange | null | undefined
  orderBy: AlertOrder
  includeSuppressed: boolean
}

const OPEN: readonly AlertState[] = ['OPEN', 'ACKNOWLEDGED']
const ENDED: readonly AlertState[] = ['RESOLVED', 'DISMISSED']

export async function listAlerts(context: Context, args: AlertArgs): Promise<Page<AlertSource>> {
  const { db } = context
  const size = pageSize(args)
  const list = `alerts ${args.orderBy}`
  const after = decodeCursor(list, 2, args.after)
  if (after !== null) checkPosition(after, args.orderBy)
  const filter = await filterOf(context, args)
  const rows = filter === null ? [] : await readAlerts(db, { filter, order: args.orderBy, after, limit: size + 1 })
  return toPage({
    list,
    rows: rows.map((row): AlertSource => ({ ...row, nodeKind: 'Alert' })),
    size,
    keyOf: (row) => [args.orderBy === 'NEWEST' ? row.raisedAt : formatFixed18(row.impact ?? 0n), row.id],
    after: args.after,
    totalCount: async () => (filter === null ? 0 : countAlerts(db, filter)),
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const POSITIONS: Record<AlertOrder, RegExp> = {
  NEWEST: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
  IMPACT: /^-?\d{1,20}(\.\d{1,18})?$/,
}

/** A cursor may come from anybody; what is not a position of ours must not reach the database. */
function checkPosition([key = '', id = '']: readonly string[], order: AlertOrder): void {
  if (!POSITIONS[order].test(key) || !UUID.test(id))
    throw badInput('after', 'after is not a cursor of this list; take it from pageInfo.endCursor of the page before.')
}

/** Null where nothing can be found: there is nobody of that key, or no alert is open and has ended. */
async function filterOf({ db }: Context, args: AlertArgs): Promise<AlertFilter | null> {
  const { state, isOpen, range, includeSuppressed } = args
  const [scope, key] = [args.scope ?? null, args.key ?? null]
  const days = range === null || range === undefined ? null : checkedRange(range)
  const open = isOpen === null || isOpen === undefined ? null : isOpen ? OPEN : ENDED
  const states = state === null || state === undefined ? (open ?? []) : [state]
  if (states.some((one) => open?.includes(one) === false)) return null
  if (key !== null && scope === null) throw badInput('scope', 'A key needs its scope.')
  const memberId = key === null || scope === null ? null : await findMember(db, { scope, key })
  if (key !== null && memberId === null) return null
  return {
    states,
    kinds: args.kinds ?? [],
    scope,
    memberId,
    from: days?.from ?? null,
    to: days?.to ?? null,
    withSuppressed: includeSuppressed,
  }
}

export interface AlertCountsSource {
  open: number
  acknowledged: number
  resolved: number
  dismissed: number
}

export async function countsOf({ db }: Context, range: DateRange | null | undefined): Promise<AlertCountsSource> {
  const days = range === null || range === undefined ? null : checkedRange(range)
  const counts = await countAlertStates(db, { from: days?.from ?? null, to: days?.to ?? null })
  return {
    open: counts.OPEN ?? 0,
    acknowledged: counts.ACKNOWLEDGED ?? 0,
    resolved: counts.RESOLVED ?? 0,
    dismissed: counts.DISMISSED ?? 0,
  }
}

/** A record that an alert names. */
export interface Named {
  key: string
  name: string
}

/** The record behind a part of an alert; null for the rest, which is nobody's in particular. */
export async function nameOf(
  { loaders }: Context,
  { dimension, id }: Pick<StoredContributor, 'dimension' | 'id'>,
): Promise<Named | null> {
  if (id === null || id === NIL_UUID) return null
  if (dimension === 'RESOURCE') {
    const resource = await loaders.resource.load(id)
    if (resource === null) return null
    const name = [resource.provider, resource.name].filter((part) => part !== null && part !== '').join('/')
    return { key: name, name }
  }
  const loader = { AGENT: loaders.agent, CLIENT: loaders.client, PROJECT: loaders.project }[dimension]
  return loader.load(id)
}

export interface SubjectSource {
  dimension: StoredContributor['dimension']
  key: string | null
  label: string
  /** Of the scope; null where the subject is a resource of the fleet. */
  scopeKey: string | null
}

/** What an alert is about: the member of its scope, and the resource or client beside it. Empty for the fleet as a whole. */
export function subjectOf(context: Context, alert: AlertSource): Promise<SubjectSource[]> {
  return subjectsOf(context, alert)
}

/** The same of whatever has a scope as alerts have it. */
export async function subjectsOf(
  context: Context,
  alert: Pick<AlertSource, 'scope' | 'memberId' | 'secondId'>,
): Promise<SubjectSource[]> {
  const subjects: SubjectSource[] = []
  if (alert.scope !== 'FLEET') {
    const named = await nameOf(context, { dimension: alert.scope, id: alert.memberId })
    const key = named?.key ?? null
    subjects.push({ dimension: alert.scope, key, label: named?.name ?? 'Unknown', scopeKey: key })
  }
  if (alert.secondId !== null) {
    const dimension = alert.scope === 'AGENT' ? 'CLIENT' : 'RESOURCE'
    const named = await nameOf(context, { dimension, id: alert.secondId })
    subjects.push({ dimension, key: named?.key ?? null, label: named?.name ?? 'Unknown', scopeKey: null })
  }
  return subjects
}

export async function labelOf(context: Context, alert: AlertSource): Promise<string> {
  const subjects = await subjectOf(context, alert)
  return subjects.length === 0 ? 'Fleet' : subjects.map(({ label }) => label).join(' · ')
}

export async function suppressedOf({ db, loaders }: Context, { id }: AlertSource): Promise<AlertSource[]> {
  const load = async (ids: readonly string[]) => {
    const rows = (await readSuppressedBy(db, ids)).map((row): AlertSource => ({ ...row, nodeKind: 'Alert' }))
    return groupBy(rows, ({ suppressedBy }) => suppressedBy ?? '')
  }
  return loaders.of<string, AlertSource[]>('suppressed alerts', load, []).load(id)
}

export function historyOf({ db, loaders }: Context, { id }: AlertSource): Promise<AlertEventRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readAlertHistory(db, ids), ({ alertId }) => alertId)
  return loaders.of<string, AlertEventRecord[]>('alert history', load, []).load(id)
}

export function deliveriesOf({ db, loaders }: Context, { id }: AlertSource): Promise<DeliveryRecord[]> {
  const load = async (ids: readonly string[]) =>
    groupBy(await readDeliveriesOfAlerts(db, ids), ({ alertId }) => alertId ?? '')
  return loaders.of<string, DeliveryRecord[]>('alert deliveries', load, []).load(id)
}

export interface AlertPayloadSource {
  alert: AlertSource | null
  userErrors: UserErrorSource[]
}

export async function actOn(context: Context, uuid: string, action: AlertActionInput): Promise<AlertPayloadSource> {
  const { services, tenant, now } = context
  const { alertId, userErrors } = await services.alerts.act(tenant.id, {
    alertId: uuid,
    action,
    by: await actorOf(context),
    nowMs: now,
    clientIds: limitOf(context),
  })
  return { alert: alertId === null ? null : await findAlert(context, alertId), userErrors }
}

/** The members whom an alert can be given to, by their names. */
export async function assigneesOf({ services, tenant }: Context, alertId: string): Promise<PersonRecord[]> {
  const people = await services.people.read(await services.members.handlersOf(tenant.id, alertId))
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.email < b.email ? -1 : 1))
}

/** Gives an alert to a member, or to nobody. userErrors: NOT_FOUND on `to` for anybody else, and those of actOn. */
export async function assign(context: Context, uuid: string, to: string | null): Promise<AlertPayloadSource> {
  const wanted = to?.trim().toLowerCase() ?? ''
  // Read past the loader: what it remembers would be answered after the change.
  const isSeen = (await readAlertsByIds(context.db, [uuid])).length > 0
  if (wanted === '' || !isSeen) return actOn(context, uuid, { do: 'assign', to: null })
  const member = (await assigneesOf(context, uuid)).find(({ email }) => email === wanted)
  if (member === undefined) {
    const message = `${quoted(wanted)} is no member who may handle this alert; give the e-mail address of one.`
    return { alert: null, userErrors: [{ code: 'NOT_FOUND', message, field: ['to'] }] }
  }
  return actOn(context, uuid, { do: 'assign', to: member.email })
}
