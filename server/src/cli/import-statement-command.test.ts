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

afterAll(() => test.close())

beforeEach(async () => {
  tenant = await test.tenant()
  folder = await mkdtemp(join(tmpdir(), 'outlay-import-statement-'))
  printed = []
  complained = []
  jest.spyOn(console, 'error').mockImplementation((text: string) => complained.push(text))
})

afterEach(async () => {
  jest.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

async function run(text: string | Uint8Array, ...more: string[]): Promise<number> {
  await writeFile(join(folder, 'october.csv'), text)
  const options = ['--url', test.url, '--key', tenant.apiKey, ...more]
  return runCommandLine(['import-statement', 'october.csv', ...options], {
    folder,
    print: (lines) => printed.push(lines),
  })
}

async function stored(): Promise<string[]> {
  const { data } = await tenant.ask('{ providerStatements { name format lines providers } }')
  const { providerStatements } = data as never as {
    providerStatements: { name: string; format: string; lines: number; providers: string[] }[]
  }
  return providerStatements.map((each) => `${each.name} ${each.format} ${each.lines} ${each.providers.join()}`)
}

const FILE = 'When,Model,Paid,Currency\n2026-10-01,small,1.25,GBP\n2026-10-02,small,1.25,GBP\n'
const MAP = ['--map', 'day=When', '--map', 'provider==acme', '--map', 'amount=Paid', '--map', 'currency=Currency']

describe('outlay import-statement', () => {
  it('says what it would store, stores it, and does it again without harm', async () => {
    expect(await run(FILE, ...MAP, '--dry-run')).toBe(0)
    expect(await stored()).toEqual([])
    expect(await run(FILE, ...MAP, '--name', 'October')).toBe(0)
    expect(await stored()).toEqual(['October CSV 2 acme'])
    expect(await run(FILE, ...MAP)).toBe(0)
    const read = 'CSV: 2 lines, 2026-10-01 to 2026-10-02 in UTC'
    expect(printed).toEqual([
      `${read}\nNothing was stored.`,
      `${read}\nStored.`,
      `${read}\nIt is there already; nothing was changed.`,
    ])
    expect(complained).toEqual([])
  })

  it('names what cannot be read by its place, and then stores nothing unless it is asked to', async () => {
    const file = `${FILE}soon,small,1.25,GBP\n`
    expect(await run(file, ...MAP)).toBe(1)
    expect(printed[0]).toMatch(
      /^CSV: 2 lines.*\n {2}refused line 4: .+\n1 of 3 lines cannot be read.+\(REFUSED_LINES\)$/,
    )
    expect(await stored()).toEqual([])
    expect(await run(file, ...MAP, '--without-refused')).toBe(0)
    expect(await stored()).toEqual(['october.csv CSV 2 acme'])
  })

  it('says in one sentence what is wrong with the command, the key or the file', async () => {
    expect(await run(FILE, 'another.csv')).toBe(1)
    expect(await run(FILE, '--map', 'colour=Paid')).toBe(1)
    expect(await run(FILE, '--format', 'PDF')).toBe(1)
    expect(await run(FILE, '--key', await tenant.keyWith('read'))).toBe(1)
    expect(await run(Uint8Array.of(0x6e, 0xfc, 0x0a))).toBe(1)
    expect(await run('{"rows": []}')).toBe(1)
    expect(complained).toEqual([
      'One file at a time: "another.csv" is a second one.',
      expect.stringMatching(/^--map names no field "colour"; there are provider, day, /),
      expect.stringMatching(/^--format is one of OPENAI_COSTS, /),
      expect.stringMatching(/^The API key may not import statements \(.+\); it needs the scope "admin"\.$/),
      expect.stringMatching(/october\.csv is not UTF-8\.$/),
      expect.stringMatching(/answered 400 \(This JSON is none of /),
    ])
    expect(await stored()).toEqual([])
  })
})
