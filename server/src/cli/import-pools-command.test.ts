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
  folder = await mkdtemp(join(tmpdir(), 'outlay-import-pools-'))
  printed = []
  complained = []
  jest.spyOn(console, 'error').mockImplementation((text: string) => complained.push(text))
})

afterEach(async () => {
  jest.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

async function run(text: string | Uint8Array, ...more: string[]): Promise<number> {
  await writeFile(join(folder, 'pools.csv'), text)
  return runCommandLine(['import-pools', 'pools.csv', '--url', test.url, '--key', tenant.apiKey, ...more], {
    folder,
    print: (line) => printed.push(line),
  })
}

async function stored(): Promise<string[]> {
  const { data } = await tenant.ask('{ costPools(month: "2026-05-01") { name amount { amount currency } } }')
  const { costPools } = data as unknown as {
    costPools: { name: string; amount: { amount: string; currency: string } }[]
  }
  return costPools.map(({ name, amount }) => `${name} ${amount.amount} ${amount.currency}`)
}

const FILE = `name,category,month,recurrence,amount,currency
Vectors,VECTOR_DATABASE,2026-03,MONTHLY,100,GBP
Vectors,VECTOR_DATABASE,2026-05,,120,GBP
Überwachung,MONITORING,2026-05,,-7.50,GBP
`

describe('outlay import-pools', () => {
  it('says what it would do, does it, and does it again without harm', async () => {
    expect(await run(FILE, '--dry-run')).toBe(0)
    expect(await stored()).toEqual([])
    expect(await run(FILE)).toBe(0)
    expect(await stored()).toEqual(['Vectors 120.00 GBP', 'Überwachung -7.50 GBP'])
    expect(await run(FILE)).toBe(0)
    const done = [
      '  line 2: Vectors created',
      '  line 3: Vectors changed',
      '  line 4: Überwachung created',
      '2 created, 1 changed, 0 unchanged',
    ]
    expect(printed.map((text) => text.split('\n'))).toEqual([
      [...done, 'Nothing was written.'],
      [...done, 'Written.'],
      ['0 created, 0 changed, 3 unchanged', 'Written.'],
    ])
    expect(complained).toEqual([])
  })

  it('names every refused row by line and column, and then writes nothing of the file', async () => {
    expect(await run(`${FILE}Half,OTHER,2026-05,,0.005,GBP\nTypo,OTHER,May,,1,GBP\n`)).toBe(1)
    expect(printed[0]?.split('\n')).toEqual([
      '2 rows are refused; nothing was written.',
      '  line 5, amount: "0.005" GBP is not in whole minor units; GBP has 2 decimals. (INVALID_FIELD)',
      '  line 6, month: "May" is not the first day of a month such as 2026-03-01. (INVALID_DATE)',
    ])
    expect(await stored()).toEqual([])
  })

  it('says in one sentence what is wrong with the command, the key or the file', async () => {
    expect(await run(FILE, 'another.csv')).toBe(1)
    expect(await run(FILE, '--colour')).toBe(1)
    expect(await run(FILE, '--key', await tenant.keyWith('read'))).toBe(1)
    expect(await run(FILE, '--key', 'outl_test_nobody')).toBe(1)
    expect(await run(Uint8Array.of(0x6e, 0xfc, 0x0a))).toBe(1)
    expect(complained).toEqual([
      'One file at a time: "another.csv" is a second one.',
      expect.stringMatching(/^Unknown option '--colour'; see outlay import-pools --help\.$/),
      expect.stringMatching(/^The API key may not change pools \(.+\); it needs the scope "admin"\.$/),
      expect.stringMatching(/^The API key is not accepted/),
      expect.stringMatching(/pools\.csv is not UTF-8; save it as "CSV UTF-8"\.$/),
    ])
    expect(await run('name,colour\nA,red\n')).toBe(1)
    expect(printed[0]).toMatch(
      /^The file is refused; nothing was written\.\n {2}There is no column "colour"; there is name, /,
    )
    expect(await stored()).toEqual([])
  })
})
