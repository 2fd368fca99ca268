import { countCell, moneyCell, moneyOr, textCell } from '@outlay/domain/reports/cells'
import { moverWords, changeWords } from '@outlay/domain/reports/change-words'
import type { ReportBlock, ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { addSums, NO_SUMS, totalOf, type CellSums } from '../../sql/cell-sums.ts'
import { readAgentCompleted } from '../../sql/read-agents.ts'
import { readEarningTerms } from '../../revenue/earning-terms.ts'
import { readClientRevenue, sumOfRevenue } from '../../revenue/read-revenue.ts'
import { NO_REVENUE, totalRevenue } from '../../revenue/revenue.ts'
import { readClientCosts } from '../../sql/read-clients.ts'
import type { MemberCost } from '../members.ts'
import type { ReportQuestion } from '../question.ts'
import { firstOf } from '../rows.ts'

/** Rows by name; those after them are one. */
const ROWS_MAX = 100
const BARS_MAX = 12
const MOVERS = 10
const CLIENTS_MAX = 100_000

/** Agents and clients whose cost changed most, and why, in words made from the numbers. */
export function movers(
  { currency }: ReportQuestion,
  agents: readonly MemberCost[],
  clients: readonly MemberCost[],
): ReportSection {
  const table = (id: string, title: string, members: readonly MemberCost[]) => {
    const changed = members
      .filter(({ now, before }) => totalOf(now) !== totalOf(before))
      .sort((x, y) => byMagnitude(changeOf(y), changeOf(x)) || (x.id < y.id ? -1 : 1))
    const { shown, rest } = firstOf(changed, MOVERS)
    const row = (name: string, now: CellSums, before: CellSums, words: string): ReportCell[] => [
      textCell(name),
      moneyCell(totalOf(before)),
      moneyCell(totalOf(now)),
      moneyCell(totalOf(now) - totalOf(before)),
      textCell(words),
    ]
    const sum = (of: readonly MemberCost[], period: 'now' | 'before') =>
      of.map((one) => one[period]).reduce(addSums, NO_SUMS)
    const rows = shown.map(({ name, now, before }) => row(name, now, before, wordsOf(now, before, currency)))
    const steady = members.filter(({ now, before }) => totalOf(now) === totalOf(before))
    const others = [...rest, ...steady]
    if (others.length > 0) {
      rows.push(row(`${others.length} others`, sum(others, 'now'), sum(others, 'before'), ''))
    }
    const [now, before] = [sum(members, 'now'), sum(members, 'before')]
    return {
      kind: 'table' as const,
      table: {
        id,
        title,
        columns: [
          { label: 'Name', kind: 'text' as const },
          { label: 'Period before', kind: 'money' as const },
          { label: 'This period', kind: 'money' as const },
          { label: 'Change', kind: 'money' as const },
          { label: 'Why', kind: 'text' as const },
        ],
        rows,
        total: row('The fleet', now, before, changeWords(totalOf(now), totalOf(before))),
      },
    }
  }
  return {
    id: 'movers',
    heading: 'What moved',
    blocks: [
      table('agents', 'Agents whose cost changed most', agents),
      table('clients', 'Clients whose cost changed most', clients),
    ],
  }
}

function wordsOf(now: CellSums, before: CellSums, currency: string): string {
  return moverWords(
    {
      now: totalOf(now),
      before: totalOf(before),
      callsNow: now.invocations,
      callsBefore: before.invocations,
      allocatedNow: now.allocated,
      allocatedBefore: before.allocated,
    },
    currency,
  )
}

function changeOf({ now, before }: MemberCost): Fixed18 {
  return totalOf(now) - totalOf(before)
}

function byMagnitude(x: Fixed18, y: Fixed18): number {
  const [a, b] = [x < 0n ? -x : x, y < 0n ? -y : y]
  return a === b ? 0 : a > b ? 1 : -1
}

/** What every agent cost, and what no agent is tagged on. */
export async function byAgent({ db, range }: ReportQuestion, members: readonly MemberCost[]): Promise<ReportSection> {
  const active = members.filter(({ now }) => isSomething(now))
  const { shown, rest } = firstOf(active, ROWS_MAX)
  const tasks = await readAgentCompleted(
    db,
    range,
    shown.map(({ id }) => id),
  )
  const row = (name: string, key: string | null, sums: CellSums, completed: number | null): ReportCell[] => [
    textCell(name),
    textCell(key ?? ''),
    moneyCell(sums.direct),
    moneyCell(sums.shared),
    moneyCell(sums.allocated),
    moneyCell(totalOf(sums)),
    countCell(sums.invocations),
    perTask(sums, completed),
  ]
  const rows = shown.map(({ id, name, key, now }) => row(name, key, now, id === NIL_UUID ? null : (tasks.get(id) ?? 0)))
  if (rest.length > 0) rows.push(row(`${rest.length} others`, null, together(rest), null))
  return {
    id: 'by-agent',
    heading: 'Cost by agent',
    blocks: [
      bars('agents', 'The dearest agents, fully loaded', active),
      {
        kind: 'table',
        table: {
          id: 'agents',
          title: 'Every agent with cost, and what has no agent',
          columns: [
            { label: 'Agent', kind: 'text' },
            { label: 'Key', kind: 'text' },
            { label: 'Direct', kind: 'money' },
            { label: 'Chain-shared', kind: 'money' },
            { label: 'Allocated', kind: 'money' },
            { label: 'Fully loaded', kind: 'money' },
            { label: 'Invocations', kind: 'quantity' },
            { label: 'Per completed task', kind: 'money' },
          ],
          rows,
          total: row('The fleet', null, together(active), null),
        },
      },
    ],
  }
}

function perTask(sums: CellSums, completed: number | null): ReportCell {
  if (completed === null) return textCell('')
  const cost = completed === 0 ? null : divideHalfEven(totalOf(sums), BigInt(completed))
  return moneyOr(cost, 'No task that it took part in was completed in the period.')
}

/** What every client cost and earns, and what no client is tagged on. */
export async function byClient(
  { db, range, currency, timeZone }: ReportQuestion,
  members: readonly MemberCost[],
): Promise<ReportSection> {
  const terms = await readEarningTerms(db, { range, currency, timeZone })
  const earned = await readClientRevenue(db, { range, currency, terms })
  const earners = [...earned.keys()].filter((id) => id !== NIL_UUID)
  const costs = await readClientCosts(db, { range, earners, after: null, limit: CLIENTS_MAX })
  const revenues = new Map(
    costs.flatMap(({ clientId }) => {
      const revenue = totalRevenue(earned.get(clientId) ?? NO_REVENUE)
      return revenue === null ? [] : [[clientId, revenue] as const]
    }),
  )
  const fleetRevenue = totalRevenue(sumOfRevenue(earned))
  const known = new Set(members.map(({ id }) => id))
  const absent = costs.filter(({ clientId }) => !known.has(clientId))
  const all: MemberCost[] = [
    ...members,
    ...absent.map(({ clientId, key }) => ({ id: clientId, key, name: key, now: NO_SUMS, before: NO_SUMS })),
  ]
  if (fleetRevenue !== null) {
    const untold = fleetRevenue - [...revenues.values()].reduce((sum, amount) => sum + amount, 0n)
    if (untold !== 0n) {
      revenues.set(NIL_UUID, untold)
      if (!known.has(NIL_UUID))
        all.push({ id: NIL_UUID, key: null, name: 'No client tag', now: NO_SUMS, before: NO_SUMS })
    }
  }
  const active = all.filter(({ id, now }) => isSomething(now) || revenues.has(id))
  const { shown, rest } = firstOf(active, ROWS_MAX)
  const row = (name: string, key: string | null, of: readonly MemberCost[]): ReportCell[] => {
    const sums = together(of)
    const amounts = of.flatMap(({ id }) => revenues.get(id) ?? [])
    return [
      textCell(name),
      textCell(key ?? ''),
      moneyCell(sums.direct),
      moneyCell(sums.shared),
      moneyCell(sums.allocated),
      moneyCell(totalOf(sums)),
      moneyOr(
        amounts.length === 0 ? null : sum(amounts),
        'No terms charge for its work, and none of its tasks completed in the period has a billed amount.',
      ),
      moneyOr(amounts.length === 0 ? null : marginOf(of, revenues), 'There is no revenue to compare with.'),
    ]
  }
  const rows = shown.map((member) => row(member.name, member.key, [member]))
  if (rest.length > 0) rows.push(row(`${rest.length} others`, null, rest))
  return {
    id: 'by-client',
    heading: 'Cost by client',
    blocks: [
      bars('clients', 'The dearest clients, fully loaded', active),
      {
        kind: 'table',
        table: {
          id: 'clients',
          title: 'Every client with cost or revenue, and what has no client',
          columns: [
            { label: 'Client', kind: 'text' },
            { label: 'Key', kind: 'text' },
            { label: 'Direct', kind: 'money' },
            { label: 'Chain-shared', kind: 'money' },
            { label: 'Allocated', kind: 'money' },
            { label: 'Fully loaded', kind: 'money' },
            { label: 'Revenue', kind: 'money' },
            { label: 'Margin where earned', kind: 'money' },
          ],
          rows,
          total: row('The fleet', null, active),
        },
      },
    ],
  }
}

/** Revenue − cost of those that have revenue: the cost of the others is in no margin. */
function marginOf(members: readonly MemberCost[], revenues: ReadonlyMap<string, Fixed18>): Fixed18 {
  return sum(members.map(({ id, now }) => (revenues.has(id) ? (revenues.get(id) ?? 0n) - totalOf(now) : 0n)))
}

function bars(id: string, title: string, members: readonly MemberCost[]): ReportBlock {
  const shown = members.filter(({ id: member }) => member !== NIL_UUID).slice(0, BARS_MAX)
  return {
    kind: 'chart',
    chart: {
      ...{ id, title, form: 'bar-list', unit: 'money' },
      labels: shown.map(({ name }) => name),
      series: [{ name: 'Fully loaded', values: shown.map(({ now }) => formatFixed18(totalOf(now))) }],
    },
  }
}

function isSomething(sums: CellSums): boolean {
  return totalOf(sums) !== 0n || sums.invocations !== 0n || sums.direct !== 0n || sums.allocated !== 0n
}

function together(members: readonly MemberCost[]): CellSums {
  return members.map(({ now }) => now).reduce(addSums, NO_SUMS)
}

function sum(amounts: readonly Fixed18[]): Fixed18 {
  return amounts.reduce((added, amount) => added + amount, 0n)
}
