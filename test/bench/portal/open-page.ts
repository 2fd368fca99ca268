import type { Browser, BrowserContext } from 'playwright-core'
import { LAPTOP, Visitor } from '../../browser/visitor.ts'

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>

/** One visit of one address with an empty cache. */
export interface Opening {
  /** From the navigation to the first byte of the document, milliseconds. */
  firstByteMs: number
  /** To the largest contentful paint, milliseconds. */
  lcpMs: number
  /** Until nothing on the page is a skeleton and React has taken over, milliseconds. */
  completeMs: number
  /** The worst session window of layout shifts without recent input. */
  cls: number
  /** Which elements moved in it. */
  moved: string[]
  /** Scripts by their path, and the bytes of each as they came, without headers. */
  scripts: Map<string, number>
  /** Elements of the page when it was complete. */
  nodes: number
}

/** Opens an address in a context of its own, that is without anything in the cache. Throws for faults on the console or in the network. */
export async function openPage(
  browser: Browser,
  site: { url: string; cookies: Cookies },
  address: string,
): Promise<Opening> {
  const context = await browser.newContext({ viewport: LAPTOP, colorScheme: 'light', locale: 'en-GB' })
  try {
    await context.addCookies(site.cookies)
    await context.addInitScript(OBSERVE)
    const visitor = new Visitor(await context.newPage(), site.url)
    await visitor.open(address)
    const completeMs = await visitor.page.evaluate<number>('performance.now()')
    await visitor.quiet()
    const seen = await visitor.page.evaluate<Seen>(READ)
    const problems = visitor.problems()
    if (problems.length > 0) throw new Error(`${address}: ${problems.join('; ')}`)
    const { cls, moved } = worstWindow(seen.shifts)
    return { ...seen, completeMs, cls, moved, scripts: new Map(seen.scripts) }
  } finally {
    await context.close()
  }
}

interface Shift {
  at: number
  value: number
  moved: string[]
}

interface Seen {
  firstByteMs: number
  lcpMs: number
  nodes: number
  scripts: [string, number][]
  shifts: Shift[]
}

const GAP_MS = 1_000
const WINDOW_MS = 5_000

/**
 * Layout shift as browsers report it: shifts less than a second apart are one window, which lasts five seconds at most; the worst window
 * counts.
 */
export function worstWindow(shifts: readonly Shift[]): { cls: number; moved: string[] } {
  let worst = { cls: 0, moved: [] as string[] }
  let window: { first: number; last: number; cls: number; moved: string[] } | null = null
  for (const { at, value, moved } of shifts) {
    if (window === null || at - window.last >= GAP_MS || at - window.first >= WINDOW_MS) {
      window = { first: at, last: at, cls: 0, moved: [] }
    }
    window.last = at
    window.cls += value
    window.moved.push(...moved)
    if (window.cls > worst.cls) worst = { cls: window.cls, moved: [...new Set(window.moved)] }
  }
  return worst
}

/** Runs before anything of the page. */
const OBSERVE = `(() => {
  const seen = { lcp: 0, shifts: [] }
  Object.defineProperty(window, '__bench', { value: seen })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  const nameOf = (node) => {
    const element = node instanceof Element ? node : node?.parentElement
    if (!element) return 'something that is gone'
    const place = element.closest('[id], section, table, header, nav')
    return element.tagName.toLowerCase() + (place?.id ? ' in #' + place.id : '') + ' ' + (element.textContent ?? '').trim().slice(0, 30)
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue
      seen.shifts.push({ at: entry.startTime, value: entry.value, moved: entry.sources.map(({ node }) => nameOf(node)) })
    }
  }).observe({ type: 'layout-shift', buffered: true })
})()`

const READ = `(() => {
  const [document_] = performance.getEntriesByType('navigation')
  return {
    firstByteMs: document_.responseStart,
    lcpMs: window.__bench.lcp,
    shifts: window.__bench.shifts,
    nodes: document.querySelectorAll('*').length,
    scripts: performance
      .getEntriesByType('resource')
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]),
  }
})()`
