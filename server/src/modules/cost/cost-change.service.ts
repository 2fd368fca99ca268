import { accrualByMonth, accrued } from '@outlay/db/sql/accrued'
import { addSums, NO_SUMS, plusAllocated, type CellSums } from '@outlay/db/sql/cell-sums'
import { readAgentCompleted } from '@outlay/db/sql/read-agents'
import { readAllocatedAgentClients, readAllocatedMembers, readAllocatedMonths } from '@outlay/db/sql/read-allocated'
import { readClientCompleted } from '@outlay/db/sql/read-clients'
import {
  dimensionsOf,
  readCostChange,
  type ChangeDimension,
  type ChangeOfMember,
  type ChangeScope,
} from '@outlay/db/sql/read-cost-change'
import { readCompletedCount } from '@outlay/db/sql/read-fleet'
import { readProjectCompletions } from '@outlay/db/sql/read-projects'
import { explainChange, type ChangeParts } from '@outlay/domain/anomaly/explain-change'
import { explainUnitChange, type UnitChangeParts } from '@outlay/domain/anomaly/explain-unit-change'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange, type ComparisonKind } from '@outlay/domain/periods/comparison'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { mayDo, type Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { fractionsOf } from '../../reads/allocated.ts'
import { compareText } from '../../reads/compare.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { checkedRange } from '../../reads/period.ts'
import { findAgent } from '../agent/agent.service.ts'
import { findClient } from '../client/client.service.ts'
import { readPools } from '../fleet/fleet.service.ts'
import { findProject } from '../project/project.service.ts'

/** Members named in each dimension. */
const FIRST = 5
/** Resources named that have usage without a price. */
const UNKNOWN_FIRST = 10

export interface CostChangeSource {
  scope: ChangeScope
  label: string
  range: DateRange
  before: DateRange
  now: CellSums
  previous: CellSums
  parts: ChangeParts
  contributors: () => Promise<ChangeContributorSource[]>
  unknown: () => Promise<UnknownUsageSource[]>
  /** Change of the pool money that is no share; null where there is none to speak of. */
  unallocated: () => Promise<Fixed18 | null>
  perTask: () => Promise<UnitCostChangeSource>
}

/** The cost of a completed task in two periods; `change` is null where one of them has none. */
export interface UnitCostChangeSource {
  tasks: InBoth
  change: { now: Fixed18; before: Fixed18; parts: UnitChangeParts } | null
}

/** A part of the change by a member of a dimension; without a key for a remainder. */
export interface ChangeContributorSource {
  dimension: ChangeDimension
  key: string | null
  label: string
  now: Fixed18
  before: Fixed18
}

export interface UnknownUsageSource {
  provider: string | null
  resource: string | null
  now: bigint
  before: bigint
}

interface CostChangeArgs {
  range: DateRange
  compareTo?: ComparisonKind | 'NONE' | null
  before?: DateRange | null
  scope: ChangeScope
  key?: string | null
  basis: CostBasis
}

/** What two periods are compared on. */
interface Question {
  scope: ChangeScope
  memberId: string
  range: DateRange
  before: DateRange
  basis: CostBasis
}

/** Why a cost is not what it was in the period before; null when nobody has the key. */
export async function openCostChange(context: Context, args: CostChangeArgs): Promise<CostChangeSource | null> {
  const range = checkedRange(args.range)
  const before = args.before == null ? comparedWith(range, args.compareTo) : checkedRange(args.before, 'before')
  const member = await memberOf(context, args.scope, args.key ?? null)
  if (member === null) return null
  // What an agent or the fleet costs is of all clients.
  if (args.scope !== 'CLIENT' && !mayDo(context, 'fleet.read')) return null
  const question: Question = { scope: args.scope, memberId: member.id, range, before, basis: args.basis }
  const [resources, allocated] = await Promise.all([
    readCostChange(context.db, { ...question, dimension: 'RESOURCE', timeZone: context.tenant.timeZone }),
    readAllocated(context, question),
  ])
  const measured = (period: 'now' | 'before') =>
    resources.map((one) => ({
      resourceId: one.id,
      calls: one[period].invocations,
      tokens: one[period].tokens,
      unknown: one[period].unpriced + one[period].unconverted,
      cost: costOn(question.basis, one[period]),
    }))
  const parts = explainChange({ before: measured('before'), now: measured('now'), allocated })
  const usedBefore = measured('before').reduce((sum, { cost }) => sum + cost, 0n)
  const whole = (period: 'now' | 'before') =>
    plusAllocated(resources.map((one) => one[period]).reduce(addSums, NO_SUMS), allocated[period])
  return {
    scope: args.scope,
    label: member.label,
    range,
    before,
    now: whole('now'),
    previous: whole('before'),
    parts,
    contributors: () => readContributors(context, question, { resources, allocated, total: parts.total }),
    unknown: () => unknownUsage(context, resources),
    unallocated: () => readUnallocated(context, question),
    perTask: async () => {
      const tasks = await readTasks(context, question)
      return { tasks, change: explainUnitChange({ parts, usedBefore, allocated, tasks }) }
    },
  }
}

function comparedWith(range: DateRange, comparison: CostChangeArgs['compareTo']): DateRange {
  if (comparison === 'NONE')
    throw badInput('compareTo', 'A change is from one period to another; name one to compare with.')
  return comparisonRange(range, comparison ?? 'PREVIOUS_PERIOD')
}

async function memberOf(
  context: Context,
  scope: ChangeScope,
  key: string | null,
): Promise<{ id: string; label: string } | null> {
  if (scope === 'FLEET') {
    if (key !== null) throw badInput('key', 'The fleet is one; leave the key out.')
    return { id: NIL_UUID, label: 'Fleet' }
  }
  if (key === null) throw badInput('key', `Which ${scope.toLowerCase()}? Its key is missing.`)
  const record = await FIND[scope](context, key)
  return record === null ? null : { id: record.id, label: record.name }
}

const FIND = { AGENT: findAgent, CLIENT: findClient, PROJECT: findProject } as const

interface InBoth {
  now: bigint
  before: bigint
}

/** Tasks completed in both periods, by whoever's cost it is: those that `costPerTask` divides by. */
async function readTasks(context: Context, { scope, memberId, range, before }: Question): Promise<InBoth> {
  const [now, earlier] = await Promise.all([
    TASKS[scope](context, range, memberId),
    TASKS[scope](context, before, memberId),
  ])
  return { now: BigInt(now ?? 0), before: BigInt(earlier ?? 0) }
}

type CountTasks = (context: Context, range: DateRange, id: string) => Promise<number | undefined>

const TASKS: Record<ChangeScope, CountTasks> = {
  FLEET: ({ db }, range) => readCompletedCount(db, range),
  AGENT: async ({ db }, range, id) => (await readAgentCompleted(db, range, [id])).get(id),
  CLIENT: async ({ db }, range, id) => (await readClientCompleted(db, range, [id])).get(id),
  PROJECT: async ({ db }, range, id) => (await readProjectCompletions(db, { range, projectIds: [id] })).get(id),
}

/** Shares of pools of the scope in both periods; none where the basis does not count them. */
async function readAllocated(context: Context, { scope, memberId, range, before, basis }: Question): Promise<InBoth> {
  if (basis !== 'FULLY_LOADED') return { now: 0n, before: 0n }
  const grain = Grain[scope]
  const of = async (period: DateRange): Promise<Fixed18> => {
    const fractions = fractionsOf(period, context.tenant.timeZone)
    const months = fractions.map((part) => part.month)
    return accrued(await readAllocatedMonths(context.db, { grain, a: memberId, months }), accrualByMonth(fractions))
  }
  const [now, earlier] = await Promise.all([of(range), of(before)])
  return { now, before: earlier }
}

/** By dimension, those that changed most first; what is left of the change in each dimension is its last row. */
async function readContributors(
  context: Context,
  question: Question,
  whole: { resources: readonly ChangeOfMember[]; allocated: InBoth; total: Fixed18 },
): Promise<ChangeContributorSource[]> {
  const lists = await Promise.all(
    dimensionsOf(question.scope).map(async (dimension) => {
      const members =
        dimension === 'RESOURCE'
          ? whole.resources
          : await readCostChange(context.db, { ...question, dimension, timeZone: context.tenant.timeZone })
      return listed(context, question, { dimension, members, ...whole })
    }),
  )
  return lists.flat()
}

async function listed(
  context: Context,
  question: Question,
  input: { dimension: ChangeDimension; members: readonly ChangeOfMember[]; allocated: InBoth; total: Fixed18 },
): Promise<ChangeContributorSource[]> {
  const { dimension, members, allocated, total } = input
  const ids = members.map((one) => one.id)
  const shares = await readShares(context, question, { dimension, ids })
  const costs = members.map((one) => ({
    id: one.id,
    now: costOn(question.basis, one.now) + (shares?.now.get(one.id) ?? 0n),
    before: costOn(question.basis, one.before) + (shares?.before.get(one.id) ?? 0n),
  }))
  const changed = costs
    .filter(({ id, now, before }) => id !== NIL_UUID && now !== before)
    .sort((x, y) => compareMagnitude(y.now - y.before, x.now - x.before) || compareText(x.id, y.id))
  const named = await Promise.all(
    changed.slice(0, FIRST).map(async ({ id, now, before }) => {
      const { key, label } = await nameOf(context, dimension, id)
      return { dimension, key, label, now, before }
    }),
  )
  const untagged = costs.filter(({ id, now, before }) => id === NIL_UUID && now !== before)
  const rows: ChangeContributorSource[] = [
    ...named,
    ...untagged.map(({ now, before }) => ({ dimension, key: null, label: UNTAGGED[dimension], now, before })),
  ]
  // Who of this dimension bears which share of the pools is not known: all of them are one row.
  if (shares === null && allocated.now !== allocated.before)
    rows.push({ dimension, key: null, label: 'Shares of cost pools', ...allocated })
  const left = rows.reduce((rest, { now, before }) => rest - (now - before), total)
  const others = changed.slice(FIRST)
  if (left === 0n && others.length === 0) return rows
  const earlier = others.reduce((sum, { before }) => sum + before, 0n)
  return [...rows, { dimension, key: null, label: 'Others', now: earlier + left, before: earlier }]
}

const UNTAGGED: Record<ChangeDimension, string> = {
  AGENT: 'No agent tag, and shared uses',
  CLIENT: 'No client tag',
  RESOURCE: 'No resource',
}

/** Shares of pools by member in both periods; null where they are not kept by this dimension. */
async function readShares(
  { db, tenant }: Context,
  { scope, memberId, range, before, basis }: Question,
  { dimension, ids }: { dimension: ChangeDimension; ids: readonly string[] },
): Promise<{ now: Map<string, Fixed18>; before: Map<string, Fixed18> } | null> {
  if (basis !== 'FULLY_LOADED') return { now: new Map(), before: new Map() }
  const [now, earlier] = [range, before].map((period) => fractionsOf(period, tenant.timeZone))
  if (now === undefined || earlier === undefined || dimension === 'RESOURCE') return null
  if (scope === 'AGENT') {
    const of = (fractions: typeof now) => readAllocatedAgentClients(db, fractions, memberId)
    return { now: await of(now), before: await of(earlier) }
  }
  if (scope !== 'FLEET') return null
  const grain = dimension === 'AGENT' ? Grain.AGENT : Grain.CLIENT
  const of = (fractions: typeof now) => readAllocatedMembers(db, { grain, fractions, ids: [...ids, NIL_UUID] })
  return { now: await of(now), before: await of(earlier) }
}

function compareMagnitude(x: Fixed18, y: Fixed18): number {
  const [a, b] = [x < 0n ? -x : x, y < 0n ? -y : y]
  return a === b ? 0 : a > b ? 1 : -1
}

async function nameOf(
  { loaders }: Context,
  dimension: ChangeDimension,
  id: string,
): Promise<{ key: string | null; label: string }> {
  if (dimension === 'RESOURCE') {
    const record = await loaders.resource.load(id)
    return { key: record?.name || null, label: record?.name || UNTAGGED.RESOURCE }
  }
  const record = await (dimension === 'AGENT' ? loaders.agent : loaders.client).load(id)
  return { key: record?.key ?? null, label: record?.name ?? UNTAGGED[dimension] }
}

/** Resources with usage that has no price or no exchange rate in either period, those with most of it first. */
async function unknownUsage({ loaders }: Context, resources: readonly ChangeOfMember[]): Promise<UnknownUsageSource[]> {
  const of = ({ unpriced, unconverted }: CellSums): bigint => unpriced + unconverted
  const some = resources
    .map((one) => ({ id: one.id, now: of(one.now), before: of(one.before) }))
    .filter(({ now, before }) => now > 0n || before > 0n)
    .sort((x, y) => compareMagnitude(y.now + y.before, x.now + x.before) || compareText(x.id, y.id))
    .slice(0, UNKNOWN_FIRST)
  return Promise.all(
    some.map(async ({ id, now, before }) => {
      const record = id === NIL_UUID ? null : await loaders.resource.load(id)
      return { provider: record?.provider || null, resource: record?.name || null, now, before }
    }),
  )
}

async function readUnallocated(context: Context, { scope, range, before, basis }: Question): Promise<Fixed18 | null> {
  if (scope !== 'FLEET' || basis !== 'FULLY_LOADED') return null
  const [now, earlier] = await Promise.all([readPools(context, range), readPools(context, before)])
  return now.total - now.allocated - (earlier.total - earlier.allocated)
}
