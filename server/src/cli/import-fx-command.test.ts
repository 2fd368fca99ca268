import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { runCommandLine } from './main.ts'

let test: TestServer
let tenant: TestTenant
let folder: string
let printed: string[]
let complained: string[]

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(async () => {
  await test.close()
})

beforeEach(async () => {
  tenant = await test.tenant()
  folder = await mkdtemp(join(tmpdir(), 'outlay-import-fx-'))
  printed = []
  complained = []
  jest.spyOn(console, 'error').mockImplementation((text: string) => complained.push(text))
})

afterEach(async () => {
  jest.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

async function run(text: string, ...more: string[]): Promise<number> {
  await writeFile(join(folder, 'rates.csv'), text)
  return runCommandLine(['import-fx', 'rates.csv', '--url', test.url, '--key', tenant.apiKey, ...more], {
    folder,
    print: (line) => printed.push(line),
  })
}

async function stored(): Promise<string[]> {
  const { data } = await tenant.ask('{ fxRates(from: "1999-01-01", to: "2100-01-01") { date base quote rate source } }')
  const { fxRates } = data as unknown as { fxRates: Record<string, string>[] }
  return fxRates.map(({ date, base, quote, rate, source }) => `${date} ${base}/${quote} ${rate} ${source}`)
}

describe('outlay import-fx', () => {
  it('publishes every row of a file with date, base, quote and rate, exactly', async () => {
    const code = await run('Date,Base,Quote,Rate\n2026-03-01,USD,GBP,0.7891\n2026-03-01,JPY,GBP,0.005123456789012345\n')
    expect({ code, complained }).toEqual({ code: 0, complained: [] })
    expect(await stored()).toEqual([
      '2026-03-01 JPY/GBP 0.005123456789012345 rates.csv',
      '2026-03-01 USD/GBP 0.7891 rates.csv',
    ])
    expect(printed).toEqual([
      '2 rates of 2 pairs, 2026-03-01 to 2026-03-01\nPublished. What is rated already keeps its rate.',
    ])
  })

  it('takes fields from other columns, and texts for every row', async () => {
    const text = 'Day,Close\n2026-03-01,0.79\n2026-03-02,0.80\n'
    const maps = ['date=Day', 'rate=Close', 'base==USD', 'quote==GBP'].flatMap((map) => ['--map', map])
    expect(await run(text, ...maps, '--source', 'treasury')).toBe(0)
    expect(await stored()).toEqual(['2026-03-01 USD/GBP 0.79 treasury', '2026-03-02 USD/GBP 0.8 treasury'])
  })

  it('names every wrong row by its line and publishes nothing of the file', async () => {
    const rows = [
      'date,base,quote,rate',
      '2026-03-01,USD,GBP,0.79',
      '01/03/2026,USD,GBP,0.79',
      '2026-03-02,usd,GBP,0.79',
      '2026-03-03,USD,GBP,"0,79"',
      '2026-03-04,USD,GBP',
      '2026-03-05,USD,GBP,0',
      '2026-03-01,USD,GBP,0.80',
    ]
    expect(await run(rows.join('\n'))).toBe(1)
    expect(printed[0]?.split('\n')).toEqual([
      '6 rows are wrong; nothing was sent.',
      '  line 3: "01/03/2026" is not a date such as 2026-11-23. (INVALID_FIELD)',
      '  line 4: "usd" is not an ISO 4217 code. (INVALID_FIELD)',
      '  line 5: "0,79" is not a decimal amount; write it like 12.34. (INVALID_DECIMAL)',
      '  line 6: The row has 3 columns, the headings 4. (COLUMN_COUNT)',
      '  line 7: The rate "0" is not above zero. (INVALID_FIELD)',
      '  line 8: USD/GBP of 2026-03-01 is given twice: 0.79 and 0.80. (CONFLICT)',
    ])
    expect(await stored()).toEqual([])
  })

  it('is repeated without harm, in batches of any size, and replaces what was corrected', async () => {
    const rows = Array.from({ length: 25 }, (_, day) => `2026-03-${String(day + 1).padStart(2, '0')},USD,GBP,0.79`)
    const version = async () =>
      (await test.owner.query<{ v: number }>('SELECT config_version AS v FROM tenant WHERE id = $1', [tenant.id]))
        .rows[0]?.v ?? 0
    const text = ['date,base,quote,rate', ...rows].join('\n')
    expect(await run(text, '--batch-size', '10')).toBe(0)
    const first = await stored()
    const before = await version()
    expect(await run(text, '--batch-size', '7')).toBe(0)
    expect(await stored()).toEqual(first)
    // Nothing changed, so nobody has to load the rates again.
    expect(await version()).toBe(before)
    expect(await run('date,base,quote,rate\n2026-03-02,USD,GBP,0.81\n')).toBe(0)
    expect(await stored()).toEqual(first.with(1, '2026-03-02 USD/GBP 0.81 rates.csv'))
    expect(await version()).toBe(before + 1)
  })

  const ECB = [
    'Date,USD,JPY,GBP,CYP,HRK,',
    '2026-03-06,1.0840,160.50,0.8412,N/A,N/A,',
    '2026-03-09,1.0900,161.00,0.8400,N/A,N/A,',
  ].join('\n')

  it('reads a wide file as the European Central Bank publishes it', async () => {
    expect(await run(ECB, '--wide', 'EUR')).toBe(0)
    expect(await stored()).toEqual([
      '2026-03-06 EUR/GBP 0.8412 rates.csv',
      '2026-03-06 EUR/JPY 160.5 rates.csv',
      '2026-03-06 EUR/USD 1.084 rates.csv',
      '2026-03-09 EUR/GBP 0.84 rates.csv',
      '2026-03-09 EUR/JPY 161 rates.csv',
      '2026-03-09 EUR/USD 1.09 rates.csv',
    ])
    expect(printed[0]).toContain('Left out, because they are no currencies in use: CYP, HRK')
  })

  it('converts a wide file into one currency, and carries rates over a weekend when told to', async () => {
    expect(await run(ECB, '--wide', 'EUR', '--into', 'GBP', '--only', 'USD,EUR', '--fill-gaps', '2')).toBe(0)
    expect(await stored()).toEqual([
      '2026-03-06 EUR/GBP 0.8412 rates.csv, through EUR',
      '2026-03-06 USD/GBP 0.776014760147601476 rates.csv, through EUR',
      '2026-03-07 EUR/GBP 0.8412 rates.csv, through EUR, carried',
      '2026-03-07 USD/GBP 0.776014760147601476 rates.csv, through EUR, carried',
      '2026-03-08 EUR/GBP 0.8412 rates.csv, through EUR, carried',
      '2026-03-08 USD/GBP 0.776014760147601476 rates.csv, through EUR, carried',
      '2026-03-09 EUR/GBP 0.84 rates.csv, through EUR',
      '2026-03-09 USD/GBP 0.770642201834862385 rates.csv, through EUR',
    ])
    expect(printed[0]).toContain('8 rates of 2 pairs, 2026-03-06 to 2026-03-09\n4 of them carried')
  })

  it('turns a wide file round into the currency it is stated in, leaves out earlier days, and never fills a longer gap', async () => {
    expect(
      await run(ECB, '--wide', 'EUR', '--into', 'EUR', '--only', 'USD', '--from', '2026-03-07', '--fill-gaps', '1'),
    ).toBe(0)
    // 1 ÷ 1.09
    expect(await stored()).toEqual(['2026-03-09 USD/EUR 0.917431192660550459 rates.csv, through EUR'])
  })

  it('shows what it would publish and sends nothing', async () => {
    expect(await run('date,base,quote,rate\n2026-03-01,USD,GBP,0.79\n', '--dry-run')).toBe(0)
    expect(printed[0]?.split('\n')).toEqual([
      '2026-03-01  1 USD = 0.79 GBP',
      '1 rates of 1 pair, 2026-03-01 to 2026-03-01',
      'Nothing was sent.',
    ])
    expect(await stored()).toEqual([])
  })

  it('says in one sentence what is wrong with the command, the key or the file', async () => {
    const text = 'date,base,quote,rate\n2026-03-01,USD,GBP,0.79\n'
    expect(await run(text, '--into', 'GBP')).toBe(1)
    expect(await run(text, '--wide', 'ECU')).toBe(1)
    expect(await run(text, '--fill-gaps', '11')).toBe(1)
    expect(await run(text, '--map', 'price=rate')).toBe(1)
    expect(await run('day,base,quote,rate\n2026-03-01,USD,GBP,0.79\n')).toBe(1)
    expect(await run(text, '--only', 'JPY')).toBe(1)
    expect(await run(text, '--key', await tenant.keyWith('read'))).toBe(1)
    expect(await run(text, '--key', 'outl_test_nobody')).toBe(1)
    expect(await run(text, '--source', 'x'.repeat(257))).toBe(1)
    expect(complained).toEqual([
      '--into needs --wide: a long file states its quotes.',
      '--wide "ECU" is not an ISO 4217 code such as EUR.',
      '--fill-gaps "11" is not 0 to 10.',
      '--map names no field "price"; there is date, base, quote, rate.',
      'The file has no column "date", it has "day", "base", "quote", "rate"; name it with --map date=Column or --map date==text.',
      'No rate of the file is left to publish.',
      expect.stringMatching(/^The API key may not publish rates \(.+\); it needs the scope "admin"\.$/),
      expect.stringMatching(/^The API key is not accepted/),
      'The server refuses the rates.\n  source has 257 characters; the most is 256.',
    ])
    expect(await stored()).toEqual([])
  })
})
