import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fileFaults, headingFaults, rowFaults, splitFaults, type FocusRow } from '@outlay/domain/focus/conformance'
import { formatFixed18, multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { harmlessText } from '@outlay/domain/export/csv-line'
import { FOCUS_COLUMNS } from '@outlay/domain/focus/columns'
import { parse } from 'csv-parse/sync'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { openAllocationWorld, type AllocationTenant, type AllocationWorld } from '../allocation/test-world.ts'
import { publishFxRates } from '../ingest/publish-fx-rates.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { readExport, readExportBytes } from '../sql/read-exports.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import type { ExportAsker } from './export-asker.ts'
import type { ExportFormat } from './export-job.ts'
import { parquetFile } from './parquet-file.ts'
import { requestExport } from './request-export.ts'
import { runExport } from './run-export.ts'

const ADA: ExportAsker = { kind: 'USER', id: 'ada' }
const OCTOBER = { from: '2026-10-01', to: '2026-11-01' }

/** Another tenant each time; OUTLAY_SEED replays one. */
const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
let state = seed
/** A whole number from 0 to less than `below`. */
const some = (below: number) => {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31
  return Math.floor((state / 2 ** 31) * below)
}
const oneOf = <T>(items: readonly T[]): T => items[some(items.length)]!

let world: AllocationWorld
let tenant: AllocationTenant
let files: Record<'focus' | 'focus-origins', { headings: string[]; rows: FocusRow[]; bytes: Buffer }>

beforeAll(async () => {
  console.log(`FOCUS: OUTLAY_SEED=${seed} replays it.`)
  world = await openAllocationWorld()
  tenant = await world.tenant({ timeZone: 'Asia/Kolkata' })
  await prices()
  await tenant.record(...Array.from({ length: 300 }, (_, n) => event(n)))
  for (const task of [0, 1, 2]) {
    await tenant.task({
      key: `task-${task}`,
      client: `client-${task % 2}`,
      status: 'COMPLETED',
      completedAt: '2026-10-21T12:00:00Z',
      billed: { amount: `${task * 37}.01`, currency: 'GBP' },
    })
  }
  await tenant.declare({ name: 'Hosting, "vectors"', amount: '100.01', method: 'USAGE', basis: 'INVOCATIONS' })
  await tenant.declare({ name: 'Tokens', amount: '33.33', method: 'USAGE', basis: 'TOKENS' })
  await tenant.declare({ name: 'Refund', amount: '-12.34', method: 'EQUAL' })
  await tenant.declare({ name: 'Nothing', amount: '0.00', method: 'EQUAL' })
  await tenant.declare({ name: 'Sales', amount: '77.77', method: 'REVENUE' })
  await tenant.declare({ name: 'Overhead', amount: '20.00', method: 'OVERHEAD_RATE', rate: '0.13' })
  await tenant.declare({ name: 'Held', amount: '50.00', method: 'USAGE', basis: 'RESOURCE_USES', fallback: ['HOLD'] })
  await tenant.run()
  await world.owner.query(
    `INSERT INTO app_user (id, name, email, email_verified, created_at, updated_at) VALUES ('ada', 'Ada', 'ada@example.test', true, now(), now())`,
  )
  await world.owner.query(`INSERT INTO membership (tenant_id, user_id, role) VALUES ($1, 'ada', 'FINANCE')`, [
    tenant.id,
  ])
  files = { focus: await written('focus'), 'focus-origins': await written('focus-origins') }
}, 180_000)

afterAll(() => world.close())

async function prices(): Promise<void> {
  const rate = (meter: string, amount: string, more: object = {}) => ({
    ...{ provider: 'acme', resource: 'small-1', meter, per: '1000000', effectiveFrom: '2020-01-01T00:00:00Z' },
    price: { amount, currency: 'USD' },
    ...more,
  })
  const { userErrors } = await publishRates({ pool: world.pool }, tenant.id, [
    rate('input_tokens', '2.5'),
    rate('input_tokens', '1.25', { qualifiers: { tier: 'batch' } }),
    rate('output_tokens', '10.000001'),
    rate('web_searches', '3.7', { per: '8' }),
    rate('oddities', '0.01', { resource: 'tool', per: '1' }),
  ])
  expect(userErrors).toEqual([])
  const rates = Array.from({ length: 33 }, (_, day) => ({
    ...{ base: 'USD', quote: 'GBP', rate: `0.78${day}7` },
    date: new Date(Date.UTC(2026, 8, 30 + day)).toISOString().slice(0, 10),
  }))
  expect((await publishFxRates({ pool: world.pool }, tenant.id, { rates, source: 'test' })).userErrors).toEqual([])
}

/** An event of any shape that there is: shared, reported by its sender, without a price, without tags, with more meters than one. */
function event(n: number): object {
  const shape = some(10)
  const at = new Date(Date.UTC(2026, 9, 1 + some(31), some(24), some(60), 1)).toISOString()
  const task = some(4)
  const tags = {
    ...(some(8) === 0 ? {} : { agent: `agent ${some(4)}` }),
    ...(task === 3 ? {} : { task: `task-${task}` }),
    ...(some(3) === 0 ? { project: `project-${some(2)}` } : {}),
  }
  const common = { id: `e${n}`, occurredAt: at, trace: `t${some(40)}`, span: `s${n}`, ...tags }
  if (shape === 0) {
    const cost = { amount: `0.${1 + some(999)}`, currency: oneOf(['GBP', 'USD']) }
    return { ...common, kind: 'AGENT', provider: 'other', resource: 'agent', usage: [], reportedCost: cost }
  }
  if (shape === 1)
    return { ...common, kind: 'OTHER', resource: 'unpriced', usage: [{ meter: 'requests', quantity: '1' }] }
  if (shape === 2) {
    const usage = [{ meter: 'oddities', quantity: String(1 + some(5)) }]
    return { ...common, kind: 'TOOL', provider: 'acme', resource: 'tool', usage }
  }
  const usage = ['input_tokens', 'output_tokens', 'web_searches']
    .slice(0, 1 + some(3))
    .map((meter) => ({ meter, quantity: String(some(100_000)) }))
  return {
    ...common,
    ...{ kind: oneOf(['MODEL', 'EMBEDDING', 'RETRIEVAL']), provider: 'acme', resource: 'small-1', usage },
    ...(some(4) === 0 ? { qualifiers: { tier: 'batch' } } : {}),
    ...(shape === 3 ? { kind: 'RETRIEVAL', sharedKey: `k${some(5)}` } : {}),
  }
}

async function written(kind: 'focus' | 'focus-origins', range = OCTOBER) {
  const { job, bytes } = await bytesOf(kind, { range, format: 'CSV' })
  const [headings = [], ...lines]: string[][] = parse(bytes)
  expect(job).toMatchObject({ rowsDone: String(lines.length), rowsTotal: String(lines.length) })
  const rows = lines.map((line): FocusRow => Object.fromEntries(headings.map((name, at) => [name, line[at] || null])))
  return { headings, rows, bytes }
}

async function bytesOf(kind: string, { range, format }: { range: typeof OCTOBER; format: ExportFormat }) {
  const wish = { kind, range, filter: {} }
  const { exportId, userErrors } = await requestExport({ pool: world.pool }, tenant.id, {
    ...{ wish, format, asker: ADA, requestedBy: 'ada@example.test' },
  })
  expect(userErrors).toEqual([])
  const ref = { tenantId: tenant.id, exportId: exportId ?? '' }
  await runExport({ pool: world.pool }, ref, { signal: new AbortController().signal })
  const db = tenantSql(world.pool, tenant.id)
  const job = await readExport(db, ADA, ref.exportId)
  expect(job).toMatchObject({ state: 'DONE', error: null })
  const pieces: Buffer[] = []
  for await (const piece of readExportBytes(db, job!, { start: 0, end: Number(job!.bytes) })) pieces.push(piece)
  return { job: job!, bytes: Buffer.concat(pieces) }
}

/**
 * The rows of a Parquet file as a CSV has them. Decimals are read as the bytes that are stored: the reader would make floats of them.
 */
async function parquetRows(bytes: Uint8Array): Promise<FocusRow[]> {
  const file = new Uint8Array(bytes).buffer
  const metadata = parquetMetadata(file)
  const decimals = new Set<string>()
  for (const element of metadata.schema) {
    if (element.converted_type !== 'DECIMAL') continue
    expect(element).toMatchObject({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, precision: 38, scale: 18 })
    decimals.add(element.name)
    delete element.converted_type
    delete element.logical_type
  }
  const rows = await parquetReadObjects({ file, metadata, utf8: false })
  const textOf = (name: string, value: unknown) => {
    if (value === null || value === undefined) return null
    if (decimals.has(name)) return formatFixed18(signed(value as Uint8Array))
    if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
    return harmlessText(value as string)
  }
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(name, value) || null])),
  )
}

/** A whole number as two's complement, its highest byte first. */
function signed(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

function total(rows: readonly FocusRow[], column: string): Fixed18 {
  return rows.reduce((sum, row) => sum + parseFixed18(row[column] ?? '0'), 0n)
}

async function sum(sql: string): Promise<Fixed18> {
  const { rows } = await world.owner.query<{ sum: string | null }>(sql, [tenant.id])
  return parseFixed18(rows[0]?.sum ?? '0')
}

describe('a FOCUS file', () => {
  it.each(['focus', 'focus-origins'] as const)('%s keeps every rule of the specification in every row', (kind) => {
    const { headings, rows } = files[kind]
    expect(headingFaults(headings)).toEqual([])
    expect(rows.length).toBeGreaterThan(250)
    expect(rows.flatMap(rowFaults)).toEqual([])
    expect(fileFaults(rows)).toEqual([])
  })

  it('splits each charge into parts that add up to it', () => {
    const { focus, 'focus-origins': origins } = files
    expect(splitFaults(origins.rows, focus.rows)).toEqual([])
    const split = focus.rows.filter((row) => row['AllocatedMethodId'] !== null)
    expect(new Set(split.map((row) => row['ResourceName'])).size).toBe(7)
    expect(split.some((row) => row['AllocatedResourceId'] === null)).toBe(true)
    expect(split.some((row) => row['AllocatedTags']?.includes('client-1') === true)).toBe(true)
    expect(origins.rows.some((row) => row['AllocatedMethodId'] !== null)).toBe(false)
  })

  it.each(['focus', 'focus-origins'] as const)(
    '%s adds up to what was attributed and what pools came to',
    async (kind) => {
      const attributed = await sum(
        `SELECT sum(cost_direct + cost_shared)::text AS sum FROM rollup_day WHERE tenant_id = $1 AND grain = 0
         AND day >= '2026-10-01' AND day < '2026-11-01'`,
      )
      const pools = await sum(
        `SELECT sum(total)::text AS sum FROM allocation_run WHERE tenant_id = $1 AND state = 'CURRENT'`,
      )
      for (const column of ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost']) {
        expect(formatFixed18(total(files[kind].rows, column))).toBe(formatFixed18(attributed + pools))
      }
    },
  )

  it('states the price at which each cost was made, in the currency of the price', () => {
    const priced = files.focus.rows.filter((row) => row['x_UnitPrice'] !== null)
    expect(priced.length).toBeGreaterThan(200)
    for (const row of priced) {
      const [price, quantity, rate] = ['x_UnitPrice', 'PricingQuantity', 'x_FxRate'].map((id) => row[id] ?? '0')
      const cost = (parseFixed18(price!) * parseFixed18(quantity!)) / 10n ** 18n
      expect(formatFixed18(multiplyFixed18HalfEven(cost, parseFixed18(rate!)))).toBe(row['EffectiveCost'])
    }
    expect(new Set(priced.map((row) => row['x_UnitPriceCurrency']))).toEqual(new Set(['USD']))
    expect(priced.some((row) => row['SkuPriceId']?.includes('batch') === true)).toBe(true)
  })

  it('is of one half and the other what it is of the whole, in a zone that is not whole hours from UTC', async () => {
    const [first, second] = [
      await written('focus', { from: '2026-10-01', to: '2026-10-16' }),
      await written('focus', { from: '2026-10-16', to: '2026-11-01' }),
    ]
    const lines = ({ rows }: { rows: FocusRow[] }) => rows.map((row) => JSON.stringify(row))
    expect([...lines(first), ...lines(second)].sort()).toEqual(lines(files.focus).sort())
  })

  it('is for programs: without the mark of spreadsheets, and the same bytes when it is written again', async () => {
    expect(files.focus.bytes.subarray(0, 22).toString('utf8')).toBe('AllocatedMethodDetails')
    expect((await written('focus')).bytes.equals(files.focus.bytes)).toBe(true)
  })
})

describe('a FOCUS file as Parquet', () => {
  it.each(['focus', 'focus-origins'] as const)('%s holds what its CSV does, value by value', async (kind) => {
    const { job, bytes } = await bytesOf(kind, { range: OCTOBER, format: 'PARQUET' })
    const { rows, headings } = files[kind]
    expect(job).toMatchObject({ rowsDone: String(rows.length), rowsTotal: String(rows.length) })
    expect(await parquetRows(bytes)).toEqual(rows)
    const { schema, created_by: by } = parquetMetadata(new Uint8Array(bytes).buffer)
    expect([by, ...schema.slice(1).map(({ name }) => name)]).toEqual(['Outlay', ...headings])
    const required = new Set(FOCUS_COLUMNS.filter(({ allowsNull }) => !allowsNull).map(({ id }) => id))
    for (const { name, repetition_type: repetition } of schema.slice(1)) {
      expect([name, repetition]).toEqual([name, required.has(name as never) ? 'REQUIRED' : 'OPTIONAL'])
    }
  })

  it('is the same bytes when it is written again', async () => {
    const ask = { range: OCTOBER, format: 'PARQUET' } as const
    expect((await bytesOf('focus', ask)).bytes.equals((await bytesOf('focus', ask)).bytes)).toBe(true)
  })

  it('has a file without rows, which still has its columns', async () => {
    const { bytes } = await bytesOf('focus', {
      range: { from: '2024-01-01', to: '2024-01-02' },
      format: 'PARQUET',
    })
    expect(await parquetRows(bytes)).toEqual([])
    expect(parquetMetadata(new Uint8Array(bytes).buffer).schema).toHaveLength(FOCUS_COLUMNS.length + 1)
  })

  it('is not what other tables are written as', async () => {
    const { exportId, userErrors } = await requestExport({ pool: world.pool }, tenant.id, {
      wish: { kind: 'invocations', range: OCTOBER, filter: {} },
      ...{ format: 'PARQUET', asker: ADA, requestedBy: 'ada@example.test' },
    })
    expect([exportId, userErrors.map(({ code, field }) => [code, field])]).toEqual([
      null,
      [['INVALID_FIELD', ['input', 'format']]],
    ])
  })

  it('keeps every digit there is, in as many row groups as rows need, and rounds none', async () => {
    const columns = [
      { name: 'Cost', type: 'DECIMAL', isRequired: false },
      { name: 'At', type: 'DATE_TIME', isRequired: true },
      { name: 'Text', type: 'STRING', isRequired: false },
    ] as const
    const costs = ['99999999999999999999.999999999999999999', '-0.000000000000000001', '0', '-12.5', null]
    const texts = ['=1+1', '', 'Zürich "x", \n', null, '\u{1F4B6}']
    const rows = Array.from({ length: 53 }, (_, n) => [
      costs[n % 5] === null ? null : { number: costs[n % 5]! },
      '2026-10-25T01:30:00Z',
      texts[n % 5] ?? null,
    ])
    const pages = async function* () {
      for (let at = 0; at < rows.length; at += 7) yield await Promise.resolve(rows.slice(at, at + 7))
    }
    const pieces: Buffer[] = []
    for await (const piece of parquetFile({ columns, pages: pages(), groupRows: 10 })) pieces.push(piece)
    const bytes = Buffer.concat(pieces)
    expect(parquetMetadata(new Uint8Array(bytes).buffer).row_groups.map(({ num_rows: count }) => count)).toEqual([
      ...[14n, 14n, 14n, 11n],
    ])
    expect(await parquetRows(bytes)).toEqual(
      rows.map((row, n) => ({
        Cost: costs[n % 5],
        At: '2026-10-25T01:30:00Z',
        Text: harmlessText(texts[n % 5] ?? '') || null,
      })),
    )
    const tooLong = async function* () {
      yield await Promise.resolve([[{ number: '0.0000000000000000001' }, '2026-10-25T01:30:00Z', null]])
    }
    await expect(parquetFile({ columns, pages: tooLong() }).next()).rejects.toMatchObject({ code: 'INVALID_DECIMAL' })
  })
})
