import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BrowserContext } from 'playwright-core'
import { launch } from './launch.ts'
import { PEOPLE, type Person, startProduct } from './product.ts'
import { LAPTOP, Visitor } from './visitor.ts'

/** The pictures of the README and the documentation: who looks at what. */
const PICTURES: { name: string; person: Person; path: string }[] = [
  { name: 'fleet', person: 'leadership', path: '/' },
  { name: 'spend', person: 'finance', path: '/spend?period=last-month&by=client&then=agent' },
  { name: 'chain', person: 'projectManager', path: '/tasks/market-entry-analysis' },
  { name: 'anomalies', person: 'leadership', path: '/anomalies' },
]

/** Takes every picture in light and dark from the demo, as it is at the moment, into a folder. */
async function takeScreenshots(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const product = await startProduct()
  const browser = await launch()
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const { name, person, path } of PICTURES) {
        const look = { viewport: LAPTOP, colorScheme, reducedMotion: 'reduce', locale: 'en-GB' } as const
        const context = await browser.newContext(look)
        await signIn(context, product.url, person)
        const file = join(folder, `${name}-${colorScheme}.png`)
        await take(new Visitor(await context.newPage(), product.url), path, file)
        await context.close()
        console.log(file)
      }
    }
  } finally {
    await browser.close()
    await product.stop()
  }
}

async function signIn(context: BrowserContext, url: string, person: Person): Promise<void> {
  const data = PEOPLE[person]
  const answer = await context.request.post(`${url}/api/auth/sign-in/email`, { data, headers: { origin: url } })
  if (!answer.ok()) throw new Error(`${person} cannot sign in: ${answer.status()} ${await answer.text()}`)
}

/** A page with a fault on its console is not shown to anybody. */
async function take(visitor: Visitor, path: string, file: string): Promise<void> {
  await visitor.open(path)
  await visitor.quiet()
  await visitor.page.screenshot({ path: file })
  const problems = visitor.problems()
  if (problems.length > 0) throw new Error(`${path}: ${problems.join('; ')}`)
}

const { values } = parseArgs({ options: { out: { type: 'string', default: 'docs/screenshots' } } })
await takeScreenshots(values.out)
