import type { BudgetRow } from '@outlay/db/budgets/budget-row'
import { budgetRowFor } from '@outlay/db/budgets/budget-row-for'
import { expectedSpend, FORECAST_PAST_DAYS, type Expected } from '@outlay/db/budgets/expected-spend'
import type { CellSums } from '@outlay/db/sql/cell-sums'
import { NO_SUMS } from '@outlay/db/sql/cell-sums'
import { FROM_THE_BEGINNING } from '@outlay/db/alerts/cross-budgets'
import {
  readBudgets,
  readBudgetsByIds,
  readCrossings,
  readLearnedAmounts,
  readScopeDays,
  readSpent,
  type CostOfDay,
  type Crossing,
} from '@outlay/db/sql/read-budgets'
import { readChannels, type ChannelRecord } from '@outlay/db/sql/read-channels'
import { isTold } from '@outlay/domain/alerts/channel-filter'
import { alertKindOf } from '@outlay/domain/budgets/alert-kind-of'
import { burn, type Burn } from '@outlay/domain/budgets/burn'
import { severityOf } from '@outlay/domain/budgets/severity-of'
import { windowOf, type WindowDays } from '@outlay/domain/budgets/window-of'
import { ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import { dayBounds, today } from '@outlay/domain/periods/local-day'
import type { Context } from '../../graphql/context.ts'
import { groupBy } from '@outlay/domain/group-by'
import { once } from '../../reads/once.ts'
import { isoText } from '../../reads/period.ts'

/** A budget in its present window; one that has not begun, or is over, in its own. */
export interface BudgetSource {
  row: BudgetRow
  /** Of its window: learned for today where it learns. */
  amount: Fixed18
  sums: CellSums
  ratio: string
  windowStart: string | null
  windowEnd: string | null
  crossings: Crossing[]
  /** Read at most once, and together for the budgets of a list. */
  forecast: () => Promise<Expected | null>
  burn: () => Promise<Burn | null>
  recipients: () => Promise<number>
}

export function spentOf({ sums }: Pick<BudgetSource, 'sums'>): Fixed18 {
  return sums.direct + sums.shared
}

export async function listBudgets(context: Context): Promise<BudgetSource[]> {
  return openBudgets(context, await readBudgets(context.db))
}

/** A budget by its uuid, also one that has ended; null when there is none. */
export async function findBudget(context: Context, uuid: string): Promise<BudgetSource | null> {
  const load = async (ids: readonly string[]) => {
    const sources = await openBudgets(context, await readBudgetsByIds(context.db, ids))
    return new Map(sources.map((source): [string, BudgetSource | null] => [source.row.id, source]))
  }
  return context.loaders.of<string, BudgetSource | null>('budgets', load, null).load(uuid)
}

/** The budget that a page about a scope and a period shows: of the month it lies in, else the CUSTOM or TOTAL one that has all of it. */
export async function budgetOf(
  context: Context,
  { scope, memberId, range }: { scope: BudgetRow['scope']; memberId: string; range: DateRange },
): Promise<BudgetSource | null> {
  const load = async () => new Map([['all', await readBudgets(context.db)]])
  const all = await context.loaders.of<string, BudgetRow[]>('budget rows', load, []).load('all')
  const best = budgetRowFor(all, { scope, memberId, range })
  if (best === null) return null
  const [source] = await openWindows(context, [best])
  return source ?? null
}

function openBudgets(context: Context, rows: readonly BudgetRow[]): Promise<BudgetSource[]> {
  const day = today(context.now, context.tenant.timeZone)
  return openWindows(
    context,
    rows.map((row) => ({ row, window: windowOf(row, day) ?? { start: row.startsOn, end: row.endsOn } })),
  )
}

async function openWindows(
  context: Context,
  opened: readonly { row: BudgetRow; window: WindowDays }[],
): Promise<BudgetSource[]> {
  const { db, tenant, now } = context
  const day = today(now, tenant.timeZone)
  const named = opened.map(({ row, window }) => ({
    budgetId: row.id,
    version: row.version,
    windowStart: window.start ?? FROM_THE_BEGINNING,
  }))
  const [sums, crossings, learned] = await Promise.all([
    readSpent(
      db,
      opened.map(({ row, window }) => ({
        scope: row.scope,
        memberId: row.memberId,
        from: window.start,
        to: window.end,
      })),
    ),
    readCrossings(db, named),
    readLearnedAmounts(
      db,
      opened.flatMap(({ row, window }) =>
        row.isLearned && window.start !== null ? [{ budgetId: row.id, day: window.start }] : [],
      ),
    ),
  ])
  const crossed = groupBy(crossings, ({ budgetId }) => budgetId)
  const past = once(() =>
    readScopeDays(db, {
      scopes: opened.map(({ row }) => row),
      from: addDays(day, -FORECAST_PAST_DAYS),
      to: addDays(day, 1),
    }),
  )
  const channels = once(() => liveChannels(context))
  return opened.map(({ row, window }, index) => {
    const amount = learned.get(`${row.id} ${window.start}`) ?? row.amount
    const sum = sums[index] ?? NO_SUMS
    const spent = sum.direct + sum.shared
    const days = async (): Promise<CostOfDay[]> => (await past())[index] ?? []
    return {
      row,
      amount,
      sums: sum,
      ratio: ratio(spent, amount) ?? '0',
      windowStart: window.start === null ? null : isoText(dayBounds(window.start, tenant.timeZone).start),
      windowEnd: window.end === null ? null : isoText(dayBounds(window.end, tenant.timeZone).start),
      crossings: crossed.get(row.id) ?? [],
      forecast: once(async () => expectedSpend({ days: await days(), spent, day, window })),
      burn: once(async () =>
        row.window === 'DAY'
          ? null
          : burn({
              amount,
              spent,
              recent: await days(),
              today: day,
              windowStart: window.start,
              windowEnd: window.end,
            }),
      ),
      recipients: once(async () => reachOf(await channels(), row)),
    }
  })
}

/** Channels that tell people now. */
export async function liveChannels({ db }: Pick<Context, 'db'>): Promise<ChannelRecord[]> {
  return (await readChannels(db)).filter(({ state }) => state === 'ACTIVE')
}

function reachOf(channels: readonly ChannelRecord[], row: BudgetRow): number {
  const { scope, memberId, window } = row
  const highest = row.thresholds.at(-1) ?? '1'
  const alert = {
    kind: alertKindOf(scope),
    severity: severityOf({ scope, window, threshold: highest, basis: 'ACTUAL' }),
    scope,
    memberId,
  }
  return channels.filter((channel) => isTold(channel, alert)).length
}
