import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { runCommandLine } from '@outlay/server/cli/main'
import { product, visiting } from './world.ts'

const run = promisify(execFile)

export function developers(): void {
  describe('the start page', () => {
    it(
      'keeps the chosen framework in its address, with the own key in every snippet, and prices what a snippet sends',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        const { page } = visitor
        await visitor.open('/start?with=python')
        const picker = page.getByRole('navigation', { name: 'Framework' })
        expect(await visitor.text(picker.locator('[aria-current]'))).toBe('Python requests')
        await page.getByText('import requests').waitFor()

        await visitor.click(page.getByRole('button', { name: 'Make a key and put it in' }))
        const key = await page
          .locator('code', { hasText: /^outl_live_\w+_\w+$/ })
          .first()
          .innerText()
        await visitor.click(picker.getByRole('link', { name: 'Node fetch' }))
        expect(visitor.path).toBe('/start?with=node')
        const code = await page.locator('pre[aria-label="first-event.mjs"]').innerText()
        expect(code).toContain(key)
        const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { timeout: 60_000 })
        expect(JSON.parse(stdout)).toMatchObject({ accepted: 1, unpriced: 0, rejected: [] })

        const arrived = page.locator('[data-arrived]')
        const text = await visitor.reads(arrived, /^Arrived at \d\d:\d\d:\d\d: £0\.0\d+/)
        expect(text).toContain('no project')
        expect(text).not.toContain('no task')
        await visitor.click(arrived.getByRole('link', { name: 'see the event' }))
        await visitor.arrivesAt(/^\/events\//)
        await visitor.reads(page.getByRole('main'), /claude-sonnet-4-5/)
      }),
    )

    it(
      'shows every framework, and how to send without a role that makes keys',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        await visitor.open('/start')
        const links = visitor.page.getByRole('navigation', { name: 'Framework' }).getByRole('link')
        const names = await links.allInnerTexts()
        expect(names.length).toBeGreaterThan(8)
        for (const name of names) {
          await visitor.click(links.filter({ hasText: new RegExp(`^${name}$`) }))
          expect(await visitor.text(links.and(visitor.page.locator('[aria-current]')))).toBe(name)
        }
        await visitor.reads(visitor.page.getByRole('main'), /Your role does not make keys/)
      }),
    )
  })

  describe('the API explorer', () => {
    it(
      'runs an example as the signed-in person, browses the schema, and asks no other host',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        await visitor.open('/developers/explorer')
        const frame = visitor.page.frameLocator('iframe[title="GraphiQL"]')
        const execute = frame.getByRole('button', { name: /^Execute query/ })
        await execute.waitFor()
        await frame.locator('.graphiql-query-editor .view-lines', { hasText: 'FleetCost' }).waitFor()
        await execute.click()
        const { fleetCost } = await product().demo.gql<{ fleetCost: { cost: { total: { amount: string } } } }>(
          'query ($range: DateRangeInput!) { fleetCost(range: $range) { cost { total { amount } } } }',
          { range: presentMonth() },
        )
        const answer = frame.locator('.graphiql-response .view-lines')
        await visitor.reads(answer, new RegExp(`"amount": "${fleetCost.cost.total.amount.replace('.', '\\.')}"`))

        await frame.getByRole('button', { name: /Show Documentation Explorer/ }).click()
        await frame.getByRole('link', { name: 'Query' }).first().click()
        await frame.locator('.graphiql-doc-explorer-content', { hasText: 'agentCosts' }).waitFor()
        await visitor.quiet()
      }),
    )

    it(
      'is not there for a client, nor for nobody',
      visiting(async (visit) => {
        const client = await visit('client')
        await client.open('/developers/explorer')
        await client.reads(client.page.getByRole('heading', { level: 1 }), /^Not part of your view$/)
        const asClient = await client.context.request.get(`${product().url}/graphiql`)
        expect(asClient.status()).toBe(404)
        expect((await fetch(`${product().url}/graphiql`)).status).toBe(401)
      }),
    )
  })

  describe('the schema', () => {
    it(
      'is read, searched and followed without JavaScript',
      visiting(async (visit) => {
        const visitor = await visit('viewer')
        const { page } = visitor
        await page.route(/\.js(\?|$)/, (route) => route.abort())
        visitor.expectProblem(/ERR_FAILED|Failed to load/)
        await page.goto(`${product().url}/developers/schema`)
        const fleet = page.getByRole('region', { name: 'Query.fleetCost' })
        const text = await visitor.text(fleet)
        expect(text).toContain('fleetCost: FleetCost!')
        expect(text).toContain(
          'For who may read the costs of the fleet and of its agents, what has no price, and re-ratings: Leadership',
        )
        expect(text).toContain('a key with read or admin')
        await fleet.getByRole('link', { name: 'DateRangeInput!' }).click()
        await page.waitForURL(/type=DateRangeInput$/)
        await page.getByRole('region', { name: 'DateRangeInput', exact: true }).waitFor()

        await page.getByRole('searchbox', { name: 'Search the schema' }).fill('recordInvocations')
        await page.getByRole('button', { name: 'Search' }).click()
        await page.waitForURL(/q=recordInvocations/)
        const mutation = page.getByRole('region', { name: 'Mutation.recordInvocations' })
        expect(await visitor.text(mutation)).toContain('Leadership, Administrator; a key with ingest')
      }),
    )
  })

  describe('the import of usage', () => {
    it(
      'reads a file, names a bad row, sends the others once, and knows them the second time',
      visiting(async (visit) => {
        const visitor = await visit('leadership')
        const { page } = visitor
        const main = page.getByRole('main')
        await visitor.open('/developers/import')
        const file = await visitor.ready(page.getByLabel('A CSV file'))
        const choose = () => file.setInputFiles({ name: 'usage.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) })
        await choose()
        await visitor.reads(main, /usage\.csv: 4 rows, 6 columns/)
        expect(await page.getByLabel('What model is').inputValue()).toBe('resource')
        expect(await page.getByLabel('What prompt_tokens is').inputValue()).toBe('usage.input_tokens')
        expect(await page.getByLabel('What remark is').inputValue()).toBe('')
        await visitor.reads(main, /3 rows can be sent, 1 cannot/)
        await visitor.reads(
          page.getByRole('region', { name: 'Rows as events' }),
          /prompt_tokens: "many" is not a decimal quantity/,
        )
        await visitor.fill(page.getByLabel('Provider'), 'anthropic')
        await visitor.fill(page.getByLabel('Agent'), 'research')

        await visitor.click(page.getByRole('button', { name: 'Import 3 events' }))
        await visitor.reads(main, /3 accepted, 0 already known, 1 rejected/)
        await visitor.reads(main, /1 accepted event without a price yet/)
        const download = page.waitForEvent('download')
        await visitor.click(page.getByRole('button', { name: 'Export CSV' }))
        const saved = await readFile(await (await download).path(), 'utf8')
        expect(saved).toMatch(/^\ufeffline,column,code,reason\r\n4,prompt_tokens,INVALID_DECIMAL,/)

        await visitor.open('/developers/import')
        await visitor.ready(file)
        await choose()
        await visitor.fill(page.getByLabel('Provider'), 'anthropic')
        await visitor.fill(page.getByLabel('Agent'), 'research')
        await visitor.click(page.getByRole('button', { name: 'Import 3 events' }))
        await visitor.reads(main, /0 accepted, 3 already known, 1 rejected/)
        // The command line names rows alike.
        expect(await importedByCommand()).toContain('0 accepted\n3 already known\n1 rejected')
      }),
    )

    it(
      'is for owners and administrators; others are told so',
      visiting(async (visit) => {
        for (const person of ['finance', 'projectManager', 'viewer'] as const) {
          const visitor = await visit(person)
          await visitor.open('/developers/import')
          await visitor.reads(visitor.page.getByRole('main'), /Usage is imported by owners and administrators/)
          expect(await visitor.page.locator('input[type=file]').count()).toBe(0)
        }
      }),
    )
  })
}

/** The second row is a model without a price, the third no event at all; the last equals the first and is another call. */
const CSV = [
  'time,client,model,prompt_tokens,completion_tokens,remark',
  '2026-10-02 09:00:00,northwind,claude-sonnet-4-5,1000,200,"a, b"',
  '2026-10-02 09:01:00,northwind,never-heard-of-2,10,1,',
  '2026-10-02 09:02:00,northwind,claude-sonnet-4-5,many,1,',
  '2026-10-02 09:00:00,northwind,claude-sonnet-4-5,1000,200,"a, b"',
].join('\n')

/** The same file by the command line: what it says. */
async function importedByCommand(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outlay-import-'))
  try {
    await writeFile(join(folder, 'usage.csv'), CSV)
    const columns = ['occurredAt=time', 'client=client', 'resource=model', 'usage.input_tokens=prompt_tokens']
    const texts = ['usage.output_tokens=completion_tokens', 'provider==anthropic', 'agent==research']
    const maps = [...columns, ...texts].flatMap((map) => ['--map', map])
    const said: string[] = []
    const server = ['--url', product().url, '--key', product().demo.apiKey]
    await runCommandLine(['import', 'usage.csv', ...maps, ...server], { folder, print: (text) => said.push(text) })
    return said.join('\n')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The month that the examples begin with; the demo's days are London's, which the first hour of a month may lie outside of. */
function presentMonth(): { from: string; to: string } {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(new Date())
  const [year = 0, month = 1] = day.split('-').map((part) => Number.parseInt(part, 10))
  const first = (at: number) => new Date(Date.UTC(year, at, 1)).toISOString().slice(0, 10)
  return { from: first(month - 1), to: first(month) }
}
