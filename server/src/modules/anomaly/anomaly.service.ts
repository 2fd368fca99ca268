import { backtestDetector, type DetectorFiring } from '@outlay/db/anomalies/backtest-detector'
import { checkWish, type DetectorWish } from '@outlay/db/anomalies/change-detector'
import {
  readAnnotation,
  readAnnotations,
  readDetector,
  type AnnotationRow,
  type Detector,
} from '@outlay/db/anomalies/read-detector'
import { readWatchState, type WatchState } from '@outlay/db/anomalies/read-watch-state'
import { findMember } from '@outlay/db/budgets/resolve-budget'
import type { AlertKind } from '@outlay/domain/alerts/alert'
import { isTold } from '@outlay/domain/alerts/channel-filter'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { AlertScope } from '@outlay/db/alerts/alert-row'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { once } from '../../reads/once.ts'
import { liveChannels } from '../budget/budget.service.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface DetectorSource extends Detector {
  state: () => Promise<WatchState>
  recipients: () => Promise<number>
}

export async function openDetector(context: Context): Promise<DetectorSource> {
  const { db, tenant, now } = context
  const detector = await readDetector(db)
  return {
    ...detector,
    state: once(() => readWatchState(db, today(now, tenant.timeZone))),
    recipients: once(async () => {
      const spike = { kind: 'COST_SPIKE', severity: 'CRITICAL', scope: 'FLEET', memberId: NIL_UUID } as const
      return (await liveChannels(context)).filter((channel) => isTold(channel, spike)).length
    }),
  }
}

export interface DetectorInputValue {
  isEnabled?: boolean | null | undefined
  disabledKinds?: readonly AlertKind[] | null | undefined
  minExcess?: string | null | undefined
  coldExcess?: string | null | undefined
  escalateAfterMinutes?: number | null | undefined
}

function wishOf(input: DetectorInputValue): DetectorWish {
  const { escalateAfterMinutes: minutes } = input
  return {
    isEnabled: input.isEnabled ?? undefined,
    disabledKinds: input.disabledKinds ?? undefined,
    minExcess: input.minExcess ?? undefined,
    coldExcess: input.coldExcess ?? undefined,
    escalateAfterMinutes: minutes === 0 ? null : (minutes ?? undefined),
  }
}

export async function updateDetector(
  context: Context,
  input: DetectorInputValue,
): Promise<{ detector: DetectorSource | null; userErrors: UserErrorSource[] }> {
  const { services, tenant } = context
  const { userErrors } = await services.detector.update(tenant.id, { wish: wishOf(input), by: await actorOf(context) })
  return { detector: userErrors.length > 0 ? null : await openDetector(context), userErrors }
}

export interface DetectorBacktestSource {
  from: CalendarDate
  to: CalendarDate
  firings: DetectorFiring[]
  sentence: string
}

const DAYS_MAX = 180
const FIRINGS_MAX = 100

export async function backtestOf(
  { db, tenant, now }: Context,
  input: DetectorInputValue,
  days: number,
): Promise<DetectorBacktestSource> {
  if (days < 1 || days > DAYS_MAX) throw badInput('days', `days is ${days}; it must be 1 to ${DAYS_MAX}.`)
  const { settings, disabledKinds } = await readDetector(db)
  const wish = checkWish(wishOf(input))
  const to = today(now, tenant.timeZone)
  const from = addDays(to, -days)
  const firings = await backtestDetector(db, {
    settings: {
      minExcess: wish.minExcess === undefined ? settings.minExcess : parseFixed18(wish.minExcess),
      coldExcess: wish.coldExcess === undefined ? settings.coldExcess : parseFixed18(wish.coldExcess),
    },
    disabledKinds: wish.disabledKinds ?? disabledKinds,
    from,
    to,
  })
  const times = firings.length === 1 ? 'once' : `${firings.length} times`
  const sentence =
    firings.length === 0
      ? `It would have found nothing in the last ${days} days.`
      : `It would have alerted ${times} in the last ${days} days.`
  return { from, to, firings: firings.slice(0, FIRINGS_MAX), sentence }
}

export async function listAnnotations(
  { db }: Context,
  { scope, key }: { scope?: AlertScope | null | undefined; key?: string | null | undefined },
): Promise<AnnotationRow[]> {
  const [ofScope, ofKey] = [scope ?? null, key ?? null]
  if (ofKey !== null && ofScope === null) throw badInput('scope', 'A key needs its scope.')
  const memberId = ofScope === null || ofKey === null ? null : await findMember(db, { scope: ofScope, key: ofKey })
  if (ofKey !== null && memberId === null) return []
  return readAnnotations(db, { scope: ofScope, memberId })
}

export async function addAnnotation(
  context: Context,
  input: { scope: AlertScope; key?: string | null | undefined; day: string; note: string },
): Promise<{ annotation: AnnotationRow | null; userErrors: UserErrorSource[] }> {
  const { services, tenant, db } = context
  const wish = { ...input, key: input.key ?? null }
  const { annotationId, userErrors } = await services.detector.annotate(tenant.id, { wish, by: await actorOf(context) })
  return { annotation: annotationId === null ? null : await readAnnotation(db, annotationId), userErrors }
}

export async function endAnnotation(
  context: Context,
  uuid: string,
): Promise<{ annotation: AnnotationRow | null; userErrors: UserErrorSource[] }> {
  const { services, tenant, db } = context
  const by = await actorOf(context)
  const { annotationId, userErrors } = await services.detector.endAnnotation(tenant.id, { annotationId: uuid, by })
  return { annotation: annotationId === null ? null : await readAnnotation(db, annotationId), userErrors }
}
