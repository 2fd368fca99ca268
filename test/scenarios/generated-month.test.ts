import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { costFields, costText, dateTimeText, moneyText } from '../oracle/answers.ts'
import { addDays, instantText, startOfDay, type Step } from '../oracle/local-time.ts'
import { isBilled } from '../oracle/ledger.ts'
import { Rational } from '../oracle/rational.ts'
import {
  type Dimension,
  type Entry,
  type Filter,
  group,
  matching,
  pricedLines,
  previousPeriod,
  type Range,
  revenueByClient,
  series,
  spanTree,
  sum,
  tasksCompleted,
  total,
  unpricedUsage,
  within,
} from '../oracle/views.ts'
import { everyPage } from '../support/deliver.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import { deliverMonth, type Month, monthPlans } from './month.ts'

jest.setTimeout(300_000)

let outlay: Outlay

beforeAll(async () => {
  outlay = await startOutlay()
})

afterAll(async () => {
  await outlay?.stop()
})

const moneyFields = '{ amount currency }'

describe.each(monthPlans())('a generated month in $timeZone, seed $seed', (plan) => {
  let month: Month

  beforeAll(async () => {
    month = await deliverMonth(await outlay.createTenant(plan), plan)
  })

  /** Ranges whose edges matter: the month, a part that no week fits, the DST change, one day, nothing at all. */
  const { from } = plan.range
  const ranges: Range[] = [
    plan.range,
    { from: addDays(from, 4), to: addDays(from, 18) },
    { from: addDays(from, 22), to: addDays(from, 27) },
    { from, to: addDays(from, 5) },
    { from: addDays(from, 13), to: addDays(from, 14) },
    { from: addDays(from, -400), to: addDays(from, -390) },
  ]

  const inRange = (range: Range, filter: Filter = {}): Entry[] =>
    matching(within(month.ledger, month.all, range), filter)
  const cost = (some: readonly Entry[]): ReturnType<typeof costText> => costText(sum(some), plan.currency)
  const money = (amount: Rational): ReturnType<typeof moneyText> => moneyText(amount, plan.currency)

  it('answers every batch with what it accepted, knew, could not price and refused', () => {
    for (const { delivery, got, expected } of month.answers) {
      const place = JSON.stringify(delivery).slice(0, 300)
      const indices = (rejected: readonly { index: number }[]): number[] => rejected.map((one) => one.index)
      expect({ place, ...got, rejected: indices(got.rejected) }).toEqual({
        place,
        ...expected,
        rejected: indices(expected.rejected),
      })
      for (const [index, { why }] of expected.rejected.entries())
        if (why !== 'MALFORMED') expect(got.rejected[index]).toMatchObject({ code: why })
    }
  })

  it('sums the fleet, its remainders and the period before, and balances', async () => {
    for (const range of ranges) {
      const { fleetCost } = await month.tenant.gql<{ fleetCost: object }>(
        `query ($range: DateRangeInput!) { fleetCost(range: $range) {
          from to timeZone currency cost ${costFields} previous ${costFields}
          withoutAgent ${moneyFields} withoutTask ${moneyFields} withoutClient ${moneyFields} unallocated ${moneyFields}
          tasksCompleted
          conservation { ledger ${moneyFields} byAgent ${moneyFields} byTask ${moneyFields} byClient ${moneyFields} byRollup ${moneyFields} balanced }
        } }`,
        { range },
      )
      const here = inRange(range)
      const all = money(total(sum(here)))
      const without = (tag: Dimension): ReturnType<typeof money> =>
        money(total(sum(here.filter((entry) => entry.tags[tag] === null && !(tag === 'AGENT' && isShared(entry))))))
      expect(fleetCost).toEqual({
        ...range,
        timeZone: plan.timeZone,
        currency: plan.currency,
        cost: cost(here),
        previous: cost(inRange(previousPeriod(range))),
        withoutAgent: without('AGENT'),
        withoutTask: without('TASK'),
        withoutClient: without('CLIENT'),
        unallocated: money(Rational.zero),
        tasksCompleted: tasksCompleted(month.ledger, range).all,
        conservation: { ledger: all, byAgent: all, byTask: all, byClient: all, byRollup: all, balanced: true },
      })
    }
  })

  it.each<[Step, number]>([
    ['HOUR', 2],
    ['HOUR', 4],
    ['DAY', 0],
    ['DAY', 1],
    ['WEEK', 0],
    ['WEEK', 1],
    ['MONTH', 0],
    ['MONTH', 1],
  ])('draws the fleet by %s, range %i, in the days of the zone', async (step, index) => {
    const range = ranges[index] ?? plan.range
    const { fleetCost } = await month.tenant.gql<{ fleetCost: { series: Point[] } }>(
      `query ($range: DateRangeInput!, $step: Granularity!) { fleetCost(range: $range, compareTo: NONE) {
        series(granularity: $step) { start end isPartial cost ${costFields} }
      } }`,
      { range, step },
    )
    expectSeries(fleetCost.series, inRange(range), step, range)
    // The points of the fleet lie side by side from the first day to the last, whether anything happened or not.
    const edges = fleetCost.series.map((point) => [point.start, point.end])
    expect(edges[0]?.[0]).toBe(dateTimeText(startOfDay(range.from, plan.timeZone)))
    expect(edges.at(-1)?.[1]).toBe(dateTimeText(startOfDay(range.to, plan.timeZone)))
    expect(edges.slice(1).map(([start]) => start)).toEqual(edges.slice(0, -1).map(([, end]) => end))
  })

  interface Point {
    start: string
    end: string
    isPartial: boolean
    cost: ReturnType<typeof costText>
  }

  /** Compares the points at which something happened; the others must be zero. */
  function expectSeries(got: readonly Point[], here: readonly Entry[], step: Step, range: Range): void {
    const first = startOfDay(range.from, plan.timeZone)
    const last = startOfDay(range.to, plan.timeZone)
    const expected = series(month.ledger, here, step).map((point) => ({
      start: dateTimeText(point.start < first ? first : point.start),
      end: dateTimeText(point.end > last ? last : point.end),
      isPartial: false,
      cost: costText(point.sums, plan.currency),
    }))
    const nothing = cost([])
    expect(got.filter((point) => point.cost.invocations !== '0')).toEqual(expected)
    for (const point of got) if (point.cost.invocations === '0') expect(point.cost).toEqual(nothing)
  }

  interface Row {
    keys: { dimension: Dimension; key: string | null; label: string }[]
    cost: ReturnType<typeof costText>
    series: Point[]
  }

  async function readRollup(
    groupBy: readonly Dimension[],
    { range, step = 'DAY', filter = {}, top = mostRows }: { range: Range; step?: Step; filter?: object; top?: number },
  ): Promise<{ rows: Row[]; other: Row | null; total: Row['cost'] }> {
    const { costRollup } = await month.tenant.gql<{
      costRollup: { rows: Row[]; other: Row | null; total: Row['cost'] }
    }>(
      `query ($range: DateRangeInput!, $step: Granularity!, $groupBy: [Dimension!]!, $filter: CostFilter, $top: Int) {
        costRollup(range: $range, granularity: $step, groupBy: $groupBy, filter: $filter, top: $top) {
          rows { ...row } other { ...row } total ${costFields}
        }
      }
      fragment row on RollupRow {
        keys { dimension key label } cost ${costFields} series { start end isPartial cost ${costFields} }
      }`,
      { range, step, groupBy, filter, top },
    )
    return costRollup
  }

  function expectRollup(
    got: Awaited<ReturnType<typeof readRollup>>,
    groupBy: readonly Dimension[],
    { range, step, filter = {} }: { range: Range; step: Step; filter?: Filter },
  ): void {
    const here = inRange(range, filter)
    const groups = group(here, groupBy)
    // One name at two providers is two rows, told apart by their labels.
    const keyOf = (row: Row): string =>
      JSON.stringify(
        row.keys.map(({ dimension, key, label }) => (dimension === 'RESOURCE' && key !== null ? label : key)),
      )
    expect(got.total).toEqual(cost(here))
    expect(got.rows).toHaveLength(Math.min(groups.size, mostRows))
    const shown = new Set(got.rows.map(keyOf))
    expect([...shown].filter((key) => !groups.has(key))).toEqual([])
    const rest = [...groups].filter(([key]) => !shown.has(key)).flatMap(([, members]) => members)
    expect(got.other?.cost ?? null).toEqual(rest.length === 0 ? null : cost(rest))
    for (const row of got.rows) {
      const members = groups.get(keyOf(row)) ?? []
      expect(row.keys.map(({ dimension }) => dimension)).toEqual(groupBy)
      expect({ row: keyOf(row), cost: row.cost }).toEqual({ row: keyOf(row), cost: cost(members) })
      expectSeries(row.series, members, step, range)
    }
  }

  // The most rows that one answer shows.
  const mostRows = 500
  const dimensions: Dimension[] = ['AGENT', 'CLIENT', 'PROJECT', 'TASK', 'PROVIDER', 'RESOURCE', 'KIND']

  it.each(dimensions)('rolls up by %s, in every range and granularity', async (dimension) => {
    for (const [index, step] of (['DAY', 'WEEK', 'HOUR', 'MONTH', 'DAY', 'DAY'] as const).entries()) {
      // 240 tasks an hour apart are more points than one answer holds.
      if (dimension === 'TASK' && step === 'HOUR') continue
      const range = ranges[index] ?? plan.range
      expectRollup(await readRollup([dimension], { range, step }), [dimension], { range, step })
    }
  })

  const pairs = dimensions.flatMap((a, index) => dimensions.slice(index + 1).map((b) => [a, b] as const))

  it.each(pairs)('rolls up by %s and %s together', async (a, b) => {
    const range = ranges[3] ?? plan.range
    expectRollup(await readRollup([a, b], { range, step: 'WEEK' }), [a, b], { range, step: 'WEEK' })
  })

  it.each<[Dimension[], string, Filter]>([
    [['AGENT'], 'clients', { CLIENT: ['northwind', 'contoso', 'nobody'] }],
    [['CLIENT'], 'agents', { AGENT: ['research', 'Zoë’s agent'] }],
    [['CLIENT', 'RESOURCE'], 'kinds', { KIND: ['MODEL', 'RETRIEVAL'] }],
    [['RESOURCE'], 'providers', { PROVIDER: ['acme'] }],
    [['PROVIDER'], 'resources', { RESOURCE: ['search'] }],
    [['TASK'], 'clients', { CLIENT: ['Ørsted & Söhne'] }],
    [['AGENT'], 'projects', { PROJECT: ['東京 rollout'] }],
    [['AGENT'], 'tasks', { TASK: ['task 1', 'task 2', 'task 3'] }],
    [['CLIENT'], 'nobody', { AGENT: ['nobody'] }],
  ])('rolls up by %j within a filter by %s', async (groupBy, _name, filter) => {
    const lists = Object.entries(filter).map(([dimension, keys]) => [`${dimension.toLowerCase()}s`, keys])
    const got = await readRollup(groupBy, { range: plan.range, filter: Object.fromEntries(lists) })
    expectRollup(got, groupBy, { range: plan.range, step: 'DAY', filter })
  })

  interface LineOfCost {
    isShared: boolean
    provider: string | null
    resource: string | null
    meter: string | null
    quantity: string
    unitPrice: string
    fxRate: string | null
    rounding: { amount: string }
    amount: { amount: string }
    invocations: string
  }

  it.each<[string, Range | undefined, Filter]>([
    ['the fleet', ranges[0], {}],
    ['the fleet over the day the clocks change', ranges[2], {}],
    ['an agent', ranges[0], { AGENT: ['research'] }],
    ['a client', ranges[1], { CLIENT: ['northwind'] }],
    ['a project', ranges[0], { PROJECT: ['東京 rollout'] }],
    ['some tasks', ranges[0], { TASK: ['task 1', 'task 2', 'task 3'] }],
    ['a resource of a client', ranges[0], { RESOURCE: ['search'], CLIENT: ['contoso', 'northwind'] }],
    ['a kind', ranges[3], { KIND: ['RETRIEVAL'] }],
    ['nobody', ranges[0], { AGENT: ['nobody'] }],
  ])('shows how the cost of %s is made, line by line', async (_whose, asked, filter) => {
    const range = asked ?? plan.range
    const lists = Object.entries(filter).map(([dimension, keys]) => [`${dimension.toLowerCase()}s`, keys])
    const { costArithmetic } = await month.tenant.gql<{
      costArithmetic: {
        amount: object
        cost: object
        difference: { amount: string }
        lines: LineOfCost[]
        otherLines: { count: number; amount: { amount: string } } | null
        linesFrom: string | null
      }
    }>(
      `query ($range: DateRangeInput!, $filter: CostFilter) { costArithmetic(range: $range, filter: $filter, top: 500) {
        amount { amount currency } cost ${costFields} difference { amount } linesFrom otherLines { count amount { amount } }
        lines { isShared provider resource meter quantity unitPrice fxRate rounding { amount } amount { amount } invocations }
      } }`,
      { range, filter: Object.fromEntries(lists) },
    )
    const { lines, otherLines } = costArithmetic
    const here = inRange(range, filter)
    expect(costArithmetic).toMatchObject({ amount: money(total(sum(here))), cost: cost(here), linesFrom: null })
    expect(Rational.parse(costArithmetic.difference.amount).isZero).toBe(true)
    // A unit price in two versions of a rate is one price to the oracle.
    const got = new Map<string, { quantity: Rational; amount: Rational; lines: number }>()
    for (const line of lines) {
      const name = [line.provider, line.resource].filter(Boolean).join('/') || null
      const key = JSON.stringify([line.isShared, name, line.meter, line.unitPrice, line.fxRate])
      const known = got.get(key) ?? { quantity: Rational.zero, amount: Rational.zero, lines: 0 }
      const amount = Rational.parse(line.amount.amount)
      const product = Rational.parse(line.quantity).times(Rational.parse(line.unitPrice))
      const converted = line.fxRate === null ? product : product.times(Rational.parse(line.fxRate)).roundHalfEven(18)
      expect(amount.toDecimal()).toBe(converted.plus(Rational.parse(line.rounding.amount)).toDecimal())
      got.set(key, {
        quantity: known.quantity.plus(Rational.parse(line.quantity)),
        amount: known.amount.plus(amount),
        lines: known.lines + Number(line.invocations),
      })
    }
    const expected = pricedLines(here)
    const texts = (some: typeof got) =>
      Object.fromEntries(
        [...some].map(([key, one]) => [key, [one.quantity.toDecimal(), one.amount.toDecimal(), one.lines]]),
      )
    const rest = Rational.sum([...expected.values()].map((one) => one.amount)).minus(
      Rational.sum([...got.values()].map((one) => one.amount)),
    )
    expect(rest.toDecimal(2)).toBe(Rational.parse(otherLines?.amount.amount ?? '0').toDecimal(2))
    if (otherLines === null) expect(texts(got)).toEqual(texts(expected))
  })

  it('shows the dearest rows first and sums the rest into `other`', async () => {
    const got = await readRollup(['CLIENT'], { range: plan.range, top: 3 })
    const totals = [...group(inRange(plan.range), ['CLIENT'])]
      .map(([key, members]) => ({ key, members, total: total(sum(members)) }))
      .sort((a, b) => b.total.compare(a.total))
    expect(got.rows.map((row) => row.cost)).toEqual(totals.slice(0, 3).map(({ members }) => cost(members)))
    expect(got.other?.cost).toEqual(cost(totals.slice(3).flatMap(({ members }) => members)))
    expect(got.total).toEqual(cost(inRange(plan.range)))
  })

  it('lists every agent that was active, with its resources, completed tasks and cost per task', async () => {
    for (const range of ranges) {
      const rows = await everyPage<object>(
        month.tenant,
        `query ($range: DateRangeInput!, $after: String) { agentCosts(range: $range, first: 3, after: $after) {
          nodes { agent { key } resources cost ${costFields} previous ${costFields} tasksCompleted costPerTask ${moneyFields} }
          pageInfo { hasNextPage endCursor }
        } }`,
        { range },
        'agentCosts',
      )
      const byAgent = group(inRange(range), ['AGENT'])
      const before = group(inRange(previousPeriod(range)), ['AGENT'])
      const completed = tasksCompleted(month.ledger, range).byAgent
      // Active is who consumed something, and who took part in a task completed in the range.
      const active = new Set(
        [...[...byAgent.keys()].map(agentOf), ...completed.keys()].filter((agent) => agent !== null),
      )
      const expected = [...active].map((agent) => {
        const members = byAgent.get(JSON.stringify([agent])) ?? []
        const tasks = completed.get(agent) ?? 0
        const perTask = sum(members)
          .direct.dividedBy(Rational.of(BigInt(tasks || 1)))
          .roundHalfEven(18)
        return {
          agent: { key: agent },
          resources: [...new Set(members.map((entry) => entry.recorded.item.resource ?? 'No resource'))].sort(),
          cost: cost(members),
          previous: cost(before.get(JSON.stringify([agent])) ?? []),
          tasksCompleted: tasks,
          costPerTask: tasks === 0 ? null : money(perTask),
        }
      })
      const got = rows.map((row) => ({ ...row, resources: [...(row as { resources: string[] }).resources].sort() }))
      expect(byKey(got, 'agent')).toEqual(byKey(expected, 'agent'))
      expect(rows.map(totalOf)).toEqual([...rows.map(totalOf)].sort((a, b) => b.compare(a)))
    }
  })

  it('lists every task with its agents, billed price and margin', async () => {
    for (const [range, clientKey] of [[plan.range], [ranges[3]], [plan.range, 'northwind']] as [Range, string?][]) {
      const rows = await everyPage<object>(
        month.tenant,
        `query ($range: DateRangeInput!, $clientKey: String, $after: String) {
          taskCosts(range: $range, clientKey: $clientKey, first: 100, after: $after) {
            nodes { task { key client { key } project { key } status } cost ${costFields}
              byAgent { agent { key } direct ${moneyFields} allocated ${moneyFields} invocations }
              billed ${moneyFields} margin ${moneyFields} }
            pageInfo { hasNextPage endCursor }
          }
        }`,
        { range, clientKey },
        'taskCosts',
      )
      const ofClient = (key: string): boolean =>
        clientKey === undefined || month.ledger.tasks.get(key)?.client === clientKey
      const expected = [...group(inRange(range), ['TASK'])].flatMap(([, members]) => {
        const key = members[0]?.tags.TASK ?? null
        return key !== null && ofClient(key) ? [taskText(key, members)] : []
      })
      expect(byKey(rows, 'task').map(agentsSorted)).toEqual(byKey(expected, 'task').map(agentsSorted))
    }
  })

  function taskText(key: string, members: readonly Entry[]): object {
    const task = month.ledger.tasks.get(key)
    const billed = task?.billed ?? null
    return {
      task: {
        key,
        client: task?.client ? { key: task.client } : null,
        project: task?.project ? { key: task.project } : null,
        status: task?.status,
      },
      cost: cost(members),
      byAgent: agentLines(members),
      billed: billed === null ? null : money(billed),
      margin: billed === null ? null : money(billed.minus(total(sum(members)))),
    }
  }

  function agentLines(members: readonly Entry[]): object[] {
    return [...group(members, ['AGENT']).values()].flatMap((mine) => {
      const agent = mine[0]?.tags.AGENT ?? null
      if (agent === null) return []
      const sums = sum(mine)
      const [direct, allocated] = [money(sums.direct), money(Rational.zero)]
      return [{ agent: { key: agent }, direct, allocated, invocations: String(sums.invocations) }]
    })
  }

  it('shows a task over its whole life, with its traces', async () => {
    const byTask = group(month.all, ['TASK'])
    for (const key of ['task 0', 'task 7', 'task 42', 'task 101', 'task 239']) {
      const { taskCost } = await month.tenant.gql<{ taskCost: { traces: { traceId: string }[] } }>(
        `query ($key: String!) { taskCost(taskKey: $key) {
          task { key client { key } project { key } status } cost ${costFields}
          byAgent { agent { key } direct ${moneyFields} allocated ${moneyFields} invocations }
          billed ${moneyFields} margin ${moneyFields} traces { traceId }
        } }`,
        { key },
      )
      const { traces, ...rest } = taskCost
      expect(agentsSorted(rest)).toEqual(agentsSorted(taskText(key, byTask.get(JSON.stringify([key])) ?? [])))
      const expected = month.ledger.recorded.filter((one) => one.item.task === key).map((one) => one.item.trace)
      expect(traces.map((trace) => trace.traceId).sort()).toEqual(
        [...new Set(expected.filter((trace) => trace !== undefined))].sort(),
      )
    }
    const missing = await month.tenant.gql<{ taskCost: null }>('{ taskCost(taskKey: "no such task") { task { key } } }')
    expect(missing.taskCost).toBeNull()
  })

  it('lists every client with its cost, agents, tasks and revenue', async () => {
    for (const range of ranges) {
      const rows = await everyPage<{ cost: { invocations: string } }>(
        month.tenant,
        `query ($range: DateRangeInput!, $after: String) { clientCosts(range: $range, first: 2, after: $after) {
          nodes { client { key } cost ${costFields} agentsUsed tasks revenue ${moneyFields} margin ${moneyFields} }
          pageInfo { hasNextPage endCursor }
        } }`,
        { range },
        'clientCosts',
      )
      const revenue = revenueByClient(month.ledger, range)
      const groups = new Map(
        [...group(inRange(range), ['CLIENT']).values()].map((members) => [members[0]?.tags.CLIENT ?? null, members]),
      )
      const keys = new Set([...groups.keys(), ...revenue.keys()].filter((key) => key !== null))
      const expected = [...keys].map((key) => {
        const members = groups.get(key) ?? []
        const distinct = (tag: Dimension): number =>
          new Set(members.map((entry) => entry.tags[tag]).filter((value) => value !== null)).size
        const earned = revenue.get(key)
        return {
          client: { key },
          cost: cost(members),
          agentsUsed: distinct('AGENT'),
          tasks: tasksOf(key, range),
          revenue: earned === undefined ? null : money(earned),
          margin: earned === undefined ? null : money(earned.minus(total(sum(members)))),
        }
      })
      expect(byKey(rows, 'client')).toEqual(byKey(expected, 'client'))
    }
  })

  /** Tasks of a client that consumed something in a range. */
  function tasksOf(client: string, range: Range): number {
    const active = new Set(inRange(range).map((entry) => entry.tags.TASK))
    return [...month.ledger.tasks.values()].filter((task) => task.client === client && active.has(task.key)).length
  }

  it('shows every trace as a tree whose parts sum to the whole', async () => {
    const traces = [...new Set(month.ledger.recorded.map((one) => one.item.trace))].filter((id) => id !== undefined)
    for (const traceId of traces) {
      const { trace } = await month.tenant.gql<{ trace: TraceAnswer }>(
        `query ($id: String!) { trace(traceId: $id) {
          traceId cost ${costFields} byAgent { agent { key } direct ${moneyFields} allocated ${moneyFields} invocations }
          chainShared { sharedKey resource cost ${moneyFields} reportedBy { key } }
          spans { invocationId spanId parentSpanId depth kind billing status sharedKey agent { key } resource startedAt
            self ${moneyFields} subtree ${moneyFields} usage { meter quantity } unpricedMeters
            ratedLines { meter quantity amount ${moneyFields} } }
        } }`,
        { id: traceId },
      )
      expectTrace(traceId, trace)
    }
  })

  interface TraceAnswer {
    cost: object
    byAgent: { agent: { key: string } }[]
    chainShared: { sharedKey: string; resource: string | null; cost: object; reportedBy: { key: string }[] }[]
    spans: SpanAnswer[]
  }

  interface SpanAnswer {
    invocationId: string
    spanId: string
    parentSpanId: string | null
    depth: number
    self: object | null
    subtree: object
    unpricedMeters: string[]
    [field: string]: unknown
  }

  function expectTrace(traceId: string, got: TraceAnswer): void {
    const members = month.all.filter((entry) => entry.recorded.item.trace === traceId)
    expect(got.cost).toEqual(cost(members))
    expect(byKey(got.byAgent, 'agent')).toEqual(byKey(agentLines(members), 'agent'))
    expect(sharedSorted(got.chainShared)).toEqual(sharedSorted(sharedUses(traceId)))
    const tree = spanTree(month.ledger, traceId)
    const sorted = (spans: readonly object[]): object[] =>
      [...spans].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    expect(sorted(got.spans.map(comparable))).toEqual(
      sorted(
        [...tree.values()].map(({ recorded, depth, self, subtree }) => {
          const { item, billing, pricing } = recorded
          const unknown = pricing.lines.filter((line) => line.outcome === 'UNPRICED').map((line) => line.meter)
          return {
            invocationId: item.id,
            spanId: item.span,
            parentSpanId: item.parentSpan ?? null,
            depth,
            kind: item.kind ?? 'MODEL',
            billing,
            status: pricing.status,
            sharedKey: item.sharedKey ?? null,
            agent: item.agent === undefined ? null : { key: item.agent },
            resource: item.resource ?? null,
            startedAt: instantText(recorded.at),
            self: pricing.cost === null && isBilled(recorded) ? null : money(self),
            subtree: money(subtree),
            unpricedMeters: unknown.sort(),
          }
        }),
      ),
    )
    // Depth first: every span follows its parent with nothing but the parent's descendants between.
    const path: string[] = []
    for (const span of got.spans) {
      path.length = span.depth
      if (span.depth > 0) expect(path.at(-1)).toBe(span.parentSpanId)
      path.push(span.spanId)
    }
  }

  function comparable(span: SpanAnswer): object {
    const { usage: _usage, ratedLines: _ratedLines, ...rest } = span
    return { ...rest, startedAt: micros(String(span['startedAt'])), unpricedMeters: [...span.unpricedMeters].sort() }
  }

  function sharedUses(traceId: string): TraceAnswer['chainShared'] {
    const reports = month.ledger.recorded.filter(
      (one) => one.item.trace === traceId && one.item.sharedKey !== undefined && one.billing !== 'CLAIMED',
    )
    return reports
      .filter((one) => one.billing === 'SHARED')
      .map(({ item, pricing }) => ({
        sharedKey: item.sharedKey ?? '',
        resource: item.resource ?? null,
        cost: money(pricing.cost ?? Rational.zero),
        reportedBy: [
          ...new Set(
            reports.filter((one) => one.item.sharedKey === item.sharedKey).flatMap((one) => one.item.agent ?? []),
          ),
        ].map((key) => ({ key })),
      }))
  }

  function sharedSorted(uses: TraceAnswer['chainShared']): object[] {
    return uses
      .map((use) => ({ ...use, reportedBy: use.reportedBy.map(({ key }) => key).sort() }))
      .sort((a, b) => (a.sharedKey < b.sharedKey ? -1 : 1))
  }

  it('names the usage that has no price', async () => {
    for (const range of ranges) {
      const { unpricedUsage: got } = await month.tenant.gql<{ unpricedUsage: object[] }>(
        `query ($range: DateRangeInput!) { unpricedUsage(range: $range) {
          provider resource meter invocations quantity firstSeen lastSeen
        } }`,
        { range },
      )
      const expected = unpricedUsage(inRange(range)).map((one) => ({
        ...one,
        invocations: String(one.invocations),
        quantity: one.quantity.toDecimal(),
        firstSeen: instantText(one.firstSeen),
        lastSeen: instantText(one.lastSeen),
      }))
      const sorted = (rows: readonly object[]): object[] =>
        [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      const inMicros = (row: object): object => {
        const { firstSeen, lastSeen } = row as { firstSeen: string; lastSeen: string }
        return { ...row, firstSeen: micros(firstSeen), lastSeen: micros(lastSeen) }
      }
      expect(sorted(got.map(inMicros))).toEqual(sorted(expected))
    }
  })
})

/** The value of a group by one dimension. */
function agentOf(key: string): string | null {
  return (JSON.parse(key) as [string | null])[0]
}

function isShared(entry: Entry): boolean {
  return entry.recorded.billing === 'SHARED'
}

/** `…:00Z` and `….5Z` as `….500000Z`. */
function micros(text: string): string {
  const [whole = '', fraction = ''] = text.replace('Z', '').split('.')
  return `${whole}.${fraction.padEnd(6, '0')}Z`
}

function byKey<T extends object>(rows: readonly T[], field: string): T[] {
  const keyOf = (row: T): string => (row as Record<string, { key: string }>)[field]?.key ?? ''
  return [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

function agentsSorted(row: object): object {
  return { ...row, byAgent: byKey((row as { byAgent: object[] }).byAgent, 'agent') }
}

function totalOf(row: object): Rational {
  return Rational.parse((row as { cost: { total: { amount: string } } }).cost.total.amount)
}
