import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { retriedAttempts, type Attempt } from '@outlay/domain/chains/retried-attempts'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { parseInstant } from '@outlay/domain/periods/instant'
import { countCell, moneyCell } from '@outlay/domain/reports/cells'
import { headlineOf } from '@outlay/domain/reports/bridge'
import type { ReportCell, ReportDocument, ReportTable } from '@outlay/domain/reports/document'
import { openAllocationWorld, type AllocationTenant, type AllocationWorld } from '../../allocation/test-world.ts'
import { tenantTransaction } from '../../tenancy/tenant-transaction.ts'
import { buildReport } from '../build-report.ts'

let world: AllocationWorld

beforeAll(async () => {
  world = await openAllocationWorld()
}, 120_000)

afterAll(() => world.close())

/** 1.25 GBP for 1,000 tokens. A call of five seconds; what it stands in is said by `more`. */
function call(id: string, at: string, tokens: number, more: object = {}): object {
  const begins = Date.parse(`2026-10-07T${at}Z`)
  return {
    ...{
      id,
      kind: 'MODEL',
      provider: 'acme',
      resource: 'small-1',
      agent: 'research',
      client: 'acme',
      project: 'alpha',
    },
    ...{ trace: 't', span: id, usage: [{ meter: 'input_tokens', quantity: tokens }] },
    ...{ occurredAt: new Date(begins).toISOString(), endedAt: new Date(begins + 5_000).toISOString() },
    ...more,
  }
}

function weeklyOf(tenant: AllocationTenant, client: string | null = null): Promise<ReportDocument> {
  return tenantTransaction(world.pool, tenant.id, (holder) =>
    buildReport(holder, {
      ...{ tenantId: tenant.id, kind: 'PROJECT_WEEKLY', client },
      range: { from: '2026-10-05', to: '2026-10-12' },
    }),
  )
}

async function tableOf(tenant: AllocationTenant, client: string | null = null): Promise<ReportTable> {
  const { sections } = await weeklyOf(tenant, client)
  const block = sections.find(({ id }) => id === 'failed-calls')?.blocks.find(({ kind }) => kind === 'table')
  if (block?.kind !== 'table') throw new Error('The weekly does not say what failed.')
  return block.table
}

function texts(row: readonly ReportCell[]): string[] {
  return row.map((cell) => ('exact' in cell ? cell.exact : 'text' in cell ? cell.text : cell.kind))
}

describe('failed and retried cost in the project weekly', () => {
  it('is what the calls used that failed, and of it what was tried again', async () => {
    const tenant = await world.tenant()
    await tenant.publish('1.25')
    const timeout = { failure: 'timeout' }
    await tenant.record(
      // Failed at 0.50 and 0.01, tried again, and succeeded: both were retried.
      call('a1', '09:00:00', 400, timeout),
      call('a2', '09:00:06', 8, timeout),
      call('a3', '09:00:12', 400),
      // Failed at 0.25; the agent went on with another model.
      call('b1', '09:01:00', 200, timeout),
      call('b2', '09:01:06', 200, { resource: 'small-2' }),
      // Beside it ran another call, which is no second attempt.
      call('c1', '09:02:00', 100, { ...timeout, trace: 'u' }),
      call('c2', '09:02:04', 100, { trace: 'u' }),
      // Of another client, without a project.
      call('d1', '09:03:00', 16, { ...timeout, trace: 'v', client: 'beta', project: null }),
      call('d2', '09:03:06', 16, { trace: 'v', client: 'beta', project: null }),
      // What failed and has no price is counted, and not taken for free.
      call('e1', '09:04:00', 16, { ...timeout, trace: 'w', resource: 'unheard-of' }),
      // In the week before, at 00:30 of Monday in London it is this one.
      call('f0', '09:00:00', 16, { ...timeout, trace: 'x', occurredAt: '2026-10-04T22:59:59Z', endedAt: null }),
      call('f1', '09:00:00', 16, { ...timeout, trace: 'y', occurredAt: '2026-10-04T23:30:00Z', endedAt: null }),
      // Taken out of the books: it neither costs nor follows.
      call('g1', '09:05:00', 160, { ...timeout, trace: 'z' }),
      call('g2', '09:05:06', 160, { ...timeout, trace: 'z' }),
    )
    await tenant.void('g2')
    expect((await tableOf(tenant)).rows.map(texts)).toEqual([
      // 0.51 retried + 0.25 + 0.125 + unknown + 0.02 + 0.20, none of which was
      ['alpha', '7', '1.105', '2', '0.51', '0.595', '1'],
      ['No project', '1', '0.02', '1', '0.02', '0', '0'],
    ])
    expect(texts((await tableOf(tenant)).total ?? [])).toEqual(['Together', '8', '1.125', '3', '0.53', '0.595', '1'])
    // What the report opens with and its mail says: the projects cost 1.105 that failed and 0.625 that did not.
    expect(
      headlineOf(await weeklyOf(tenant)).map(({ label, value, note }) => [label, ...texts([value]), note]),
    ).toEqual([
      ['Cost of projects', '1.73', 'fully loaded; projects: 1'],
      ['Tasks completed', '0', 'of these projects'],
      ['Failed cost', '1.125', 'failed calls: 8; 1 without a known cost'],
      ['Retried cost', '0.53', 'part of the failed cost; calls: 3'],
    ])
    expect((await tableOf(tenant, 'beta')).rows.map(texts)).toEqual([
      ['No project', '1', '0.02', '1', '0.02', '0', '0'],
    ])
  })

  it('says nothing where nothing failed', async () => {
    const tenant = await world.tenant()
    await tenant.publish('1.25')
    await tenant.record(call('a', '09:00:00', 400), call('b', '09:00:06', 400))
    expect((await tableOf(tenant)).rows).toEqual([])
  })

  it('is what the definition says, of any calls', async () => {
    const tenant = await world.tenant()
    await tenant.publish('1.25')
    // The same each time: a multiplicative generator.
    let state = 20_261_128
    const below = (limit: number) => (state = (state * 48_271) % 2_147_483_647) % limit
    const pick = <T>(...of: T[]): T => of[below(of.length)] as T
    const calls = Array.from({ length: 400 }, (_, n) => {
      const at = Date.UTC(2026, 9, 7, 9) + below(40) * 1_000
      return {
        ...{
          id: `r${n}`,
          kind: pick('MODEL' as const, 'EMBEDDING' as const),
          provider: 'acme',
          resource: pick('small-1', 'small-1', 'small-2'),
        },
        ...{
          agent: pick('research', 'coding', null),
          project: 'alpha',
          span: `s${n}`,
          parentSpan: pick('p', 'q', null),
        },
        ...{ trace: pick('t1', 't2', 't3', 't4', null), usage: [{ meter: 'input_tokens', quantity: 2 ** below(10) }] },
        ...{ occurredAt: new Date(at).toISOString(), failure: pick('timeout', null) },
        endedAt: pick(new Date(at).toISOString(), new Date(at + 3_000).toISOString(), null),
      }
    })
    await tenant.record(
      ...calls.map(({ trace, span, parentSpan, ...rest }) => ({
        ...rest,
        trace,
        ...(trace === null ? {} : { span, parentSpan }),
      })),
    )
    const attempts = calls.map(({ trace, parentSpan, occurredAt, endedAt, failure, ...rest }): Attempt => ({
      ...{ ...rest, trace, parentSpan: trace === null ? null : parentSpan, hasFailed: failure !== null },
      ...{ occurredAt: parseInstant(occurredAt), endedAt: endedAt === null ? null : parseInstant(endedAt) },
    }))
    const retried = retriedAttempts(attempts)
    const failed = calls.filter(({ failure }) => failure !== null)
    const costOf = (of: typeof calls) =>
      of
        .filter(({ resource }) => resource === 'small-1')
        .reduce((sum, { usage }) => sum + parseFixed18('0.00125') * BigInt(usage[0]?.quantity ?? 0), 0n)
    const [row] = (await tableOf(tenant)).rows
    expect(retried.size).toBeGreaterThan(50)
    expect(row?.slice(1, 5)).toEqual([
      countCell(failed.length),
      moneyCell(costOf(failed)),
      countCell(retried.size),
      moneyCell(costOf(failed.filter(({ id }) => retried.has(id)))),
    ])
  }, 60_000)
})
