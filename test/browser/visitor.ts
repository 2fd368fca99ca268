import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContext, Locator, Page, Request, Response } from 'playwright-core'

/** A laptop, and the narrowest phone: the two windows every page is held to. */
export const LAPTOP = { width: 1280, height: 900 }
export const PHONE = { width: 320, height: 740 }

/** Long enough for a busy machine; a condition that comes true earlier does not wait. */
const PATIENCE_MS = 60_000

/** As long as nothing was asked for, nothing is going to be. */
const QUIET_MS = 500

/** Somebody at a browser. What goes wrong behind the page (console, network) is remembered and fails the test. */
export class Visitor {
  readonly page: Page
  readonly #origin: string
  readonly #problems: string[] = []
  #expected: RegExp[] = []
  /** What is on its way. A worker's own text (blob:) comes from no server, and the browser does not say when it has arrived. */
  readonly #asked = new Set<Request>()

  constructor(page: Page, origin: string) {
    this.page = page
    this.#origin = origin
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => this.#problems.push(`Uncaught in the page: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      this.#problems.push(`On the console: ${message.text()} (${message.location().url})`)
    })
    page.on('requestfinished', (request) => this.#asked.delete(request))
    page.on('requestfailed', (request) => this.#asked.delete(request))
    page.on('request', (request) => {
      if (!request.url().startsWith('blob:')) this.#asked.add(request)
      const url = new URL(request.url())
      if (['data:', 'blob:'].includes(url.protocol) || url.origin === origin) return
      this.#problems.push(`A request to another host: ${request.url()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 500) this.#problems.push(`Answered ${response.status()}: ${response.url()}`)
    })
  }

  get context(): BrowserContext {
    return this.page.context()
  }

  /** What went wrong since the last question and was not expected. */
  problems(): string[] {
    const found = this.#problems.splice(0)
    return found.filter((problem) => !this.#expected.some((pattern) => pattern.test(problem)))
  }

  /** The browser itself reports answers such as 401 on the console; where one is the point of a test, it is no problem. */
  expectProblem(pattern: RegExp): void {
    this.#expected.push(pattern)
  }

  /** Opens a path of the portal and waits until all of it is there: streamed, and no longer a skeleton. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.#origin + path, { waitUntil: 'load' })
    await this.isComplete()
  }

  /** Nothing on the page says that it is still loading. */
  async isComplete(): Promise<void> {
    await this.until('The page is complete', () => this.page.evaluate<boolean>(complete))
  }

  /**
   * Asks again until the answer is yes. Playwright's own waitForFunction evaluates text in the page each time, which the portal's content
   * security policy forbids; a policy that is switched off for the test would not be tested.
   */
  async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    let reason = ''
    for (;;) {
      try {
        if (await isTrue()) return
      } catch (error) {
        // The page may be on its way to another address: then there is nobody to ask for a moment.
        reason = error instanceof Error ? ` ${error.message}` : ''
      }
      if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s.${reason}`)
      await sleep(25)
    }
  }

  /** Path and parameters, without the origin. */
  get path(): string {
    const { pathname, search, hash } = new URL(this.page.url())
    return pathname + search + hash
  }

  async arrivesAt(path: string | RegExp): Promise<void> {
    await this.page.waitForURL((url) => {
      const here = url.pathname + url.search
      return url.origin === this.#origin && (typeof path === 'string' ? here === path : path.test(here))
    })
    await this.isComplete()
  }

  /** A control that a person can use: visible, and with React behind it, so that no click is lost. */
  async ready(locator: Locator): Promise<Locator> {
    await locator.waitFor()
    await this.alive(locator)
    return locator
  }

  /** An element, seen or not, that React has taken over from the server. */
  async alive(locator: Locator): Promise<void> {
    await this.until('React runs the control', () => locator.evaluate(hasReact))
  }

  /** Nothing has been asked of the server for a moment: what the page fetches by itself is there. */
  async quiet(): Promise<void> {
    let busyAt = Date.now()
    await this.until('The page asks for nothing more', async () => {
      if (this.#asked.size > 0) busyAt = Date.now()
      return Date.now() - busyAt >= QUIET_MS
    })
  }

  async click(locator: Locator): Promise<void> {
    await (await this.ready(locator)).click()
  }

  async fill(locator: Locator, text: string): Promise<void> {
    await (await this.ready(locator)).fill(text)
  }

  /** The text of a place, as a reader sees it, on one line. */
  async text(locator: Locator): Promise<string> {
    return oneLine(await locator.innerText())
  }

  /** Waits until the text of a place is as described, and answers it. */
  async reads(locator: Locator, pattern: RegExp): Promise<string> {
    let text = ''
    const isRight = async () => pattern.test((text = await this.text(locator)))
    await this.until(`It reads ${pattern}`, isRight).catch((error: Error) => {
      throw new Error(`${error.message} It reads: ${text}`)
    })
    return text
  }

  /** Keeps every document and every answer to a script from now on; asked, it gives their bodies and headers as one text. */
  sent(): () => Promise<string> {
    const answers: Promise<PromiseSettledResult<string>>[] = []
    this.page.on('response', (response) => {
      if (!['document', 'fetch'].includes(response.request().resourceType())) return
      answers.push(Promise.allSettled([this.#whole(response)]).then(([answer]) => answer))
    })
    return async () => {
      const settled = await Promise.all(answers)
      const failed = settled.find((answer) => answer.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return settled.map((answer) => (answer.status === 'fulfilled' ? answer.value : '')).join('\n')
    }
  }

  /** Body and headers. The browser lets go of bodies that nobody reads any more, such as what was prefetched: they are asked for again. */
  async #whole(response: Response): Promise<string> {
    const request = response.request()
    const headers = await response.allHeaders()
    try {
      return JSON.stringify([await response.text(), headers])
    } catch (error) {
      if (request.method() !== 'GET') throw error
      const again = await this.context.request.get(request.url(), { headers: request.headers() })
      return JSON.stringify([await again.text(), headers])
    }
  }

  /** Everything on the page, as a reader sees it. */
  async everything(): Promise<string> {
    return this.text(this.page.locator('body'))
  }

  /** Asks GraphQL as this person, from this page. */
  async graphql(query: string, variables: object = {}): Promise<PersonAnswer> {
    return this.page.evaluate(askGraphql, { query, variables })
  }
}

export interface PersonAnswer {
  data: Record<string, unknown> | null
  errors: { message: string; extensions: { code: string } }[]
}

/** Spaces of every kind, and breaks, become one plain space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Streamed to its end, and nothing in it is a skeleton. Beside <main> there may still be parts, hidden, that came and are taken away unused. */
const complete = `document.readyState === 'complete' && document.querySelector('main') !== null
  && document.querySelector('[aria-busy="true"], [data-skeleton], template[id^="B:"], div[hidden][id^="S:"]') === null`

// The two functions below run in the page.

function hasReact(element: object): boolean {
  return Object.keys(element).some((key) => key.startsWith('__reactProps$'))
}

async function askGraphql(body: { query: string; variables: object }): Promise<PersonAnswer> {
  const headers = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' }
  const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(body) })
  const { data = null, errors = [] } = (await response.json()) as Partial<PersonAnswer>
  return { data, errors }
}
