import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { Browser, BrowserContext } from 'playwright-core'
import { launch } from './launch.ts'
import { PEOPLE, type Person, type Product, startProduct } from './product.ts'
import { LAPTOP, Visitor } from './visitor.ts'

interface World {
  product: Product
  browser: Browser
  /** Everybody signs in once and keeps cookies and cache for the run: signing in is limited, and tested by itself. */
  signedIn: Map<Person, BrowserContext>
}

let world: World | null = null

/** The one product and the one browser of the run. */
export async function openWorld(): Promise<void> {
  const [product, browser] = await Promise.allSettled([startProduct(), launch()])
  if (product.status === 'fulfilled' && browser.status === 'fulfilled') {
    world = { product: product.value, browser: browser.value, signedIn: new Map() }
    return
  }
  if (product.status === 'fulfilled') await product.value.stop()
  if (browser.status === 'fulfilled') await browser.value.close()
  throw product.status === 'rejected' ? product.reason : (browser as PromiseRejectedResult).reason
}

export async function closeWorld(): Promise<void> {
  await world?.browser.close()
  await world?.product.stop()
}

export function product(): Product {
  if (world === null) throw new Error('The product was not started.')
  return world.product
}

/** A window of somebody who is signed in, or of nobody: then with a browser that has never been here. */
export async function visitorOf(person: Person | null): Promise<Visitor> {
  const context = person === null ? await newContext() : await contextOf(person)
  return new Visitor(await context.newPage(), product().url)
}

function newContext(): Promise<BrowserContext> {
  if (world === null) throw new Error('The browser was not started.')
  return world.browser.newContext({
    viewport: LAPTOP,
    colorScheme: 'light',
    // Colours that are on their way to others would be measured as they are.
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
}

async function contextOf(person: Person): Promise<BrowserContext> {
  const known = world?.signedIn.get(person)
  if (known !== undefined) return known
  const context = await newContext()
  const { url } = product()
  const answer = await context.request.post(`${url}/api/auth/sign-in/email`, {
    data: PEOPLE[person],
    headers: { origin: url },
  })
  if (!answer.ok()) throw new Error(`${person} cannot sign in: ${answer.status()} ${await answer.text()}`)
  world?.signedIn.set(person, context)
  return context
}

export type Visit = (person: Person | null) => Promise<Visitor>

/**
 * A test with visitors: their windows are closed after it, and nothing may have gone wrong behind their pages. When it fails, a picture
 * of every window is kept.
 */
export function visiting(test: (visit: Visit) => Promise<void>): () => Promise<void> {
  return async () => {
    const visitors: Visitor[] = []
    try {
      await test(async (person) => {
        const visitor = await visitorOf(person)
        visitors.push(visitor)
        return visitor
      })
      expect(visitors.flatMap((visitor) => visitor.problems())).toEqual([])
    } catch (error) {
      throw await withPictures(error, visitors)
    } finally {
      await Promise.all(visitors.map((visitor) => visitor.page.close()))
    }
  }
}

let pictures = 0

async function withPictures(error: unknown, visitors: readonly Visitor[]): Promise<unknown> {
  if (!(error instanceof Error)) return error
  for (const visitor of visitors) {
    const folder = join(tmpdir(), 'outlay-browser-failures')
    mkdirSync(folder, { recursive: true })
    const path = join(folder, `${process.pid}-${(pictures += 1)}.png`)
    await visitor.page.screenshot({ path, timeout: 10_000 }).catch(() => null)
    error.message += `\n\nThe window was at ${visitor.page.url()}: ${path}\n${visitor.problems().join('\n')}`
  }
  return error
}
