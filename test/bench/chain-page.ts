/**
 * How a chain of 10,000 spans opens and scrolls in Chromium, on a product that is running with its demo:
 *
 *     node --import tsx test/bench/chain-page.ts --url http://127.0.0.1:4000 --key outl_…
 *
 * The spans are sent through the API first, as one trace of a task of their own. Prints one line of JSON a view.
 */
import { parseArgs } from 'node:util'
import { DEMO_LOGINS, DEMO_PASSWORD } from '@outlay/db/demo/seed-demo'
import { chromium, type Page } from 'playwright-core'

const SPANS = 10_000
const PER_REQUEST = 5_000
/** Every agent calls so many others or resources. */
const FAN_OUT = 20
const SCROLL_MS = 5_000

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4000' },
    key: { type: 'string' },
    spans: { type: 'string' },
  },
})
const { url, key } = values
const spans = Number(values.spans ?? SPANS)
if (key === undefined) throw new Error('--key: an API key of the demo, which npm start prints')

const task = `chain-of-${spans}-${Date.now()}`
/** A tree of agents and calls: the parent of span n is span (n − 1) ÷ fan-out. */
async function send(): Promise<void> {
  const start = Date.now() - 3_600_000
  const agents = ['research', 'coding', 'summarisation', 'campaign']
  const events = Array.from({ length: spans }, (_, n) => {
    const isAgent = n * FAN_OUT + 1 < spans
    return {
      id: `${task}-${n}`,
      agent: agents[Math.floor(n / FAN_OUT) % agents.length],
      client: 'northwind',
      task,
      trace: task,
      span: `s${n}`,
      ...(n === 0 ? {} : { parentSpan: `s${Math.floor((n - 1) / FAN_OUT)}` }),
      name: isAgent ? `step ${n}` : `call ${n}`,
      kind: isAgent ? 'AGENT' : 'MODEL',
      occurredAt: new Date(start + n * 100).toISOString(),
      endedAt: new Date(start + n * 100 + 900).toISOString(),
      ...(isAgent
        ? { usage: [] }
        : {
            provider: 'gateway',
            resource: 'large-reasoning',
            usage: [
              { meter: 'input_tokens', quantity: 500 + (n % 977) },
              { meter: 'output_tokens', quantity: 40 + (n % 89) },
            ],
          }),
    }
  })
  for (let from = 0; from < events.length; from += PER_REQUEST) {
    const response = await fetch(`${url}/v1/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(events.slice(from, from + PER_REQUEST)),
    })
    const text = await response.text()
    if (!response.ok || !text.includes('"rejected":[]'))
      throw new Error(`The spans were not taken: ${text.slice(0, 400)}`)
  }
}

async function measure(page: Page, view: string): Promise<object> {
  await page.goto('about:blank')
  await page.goto(`${url}/tasks/${task}?view=${view}`, { waitUntil: 'commit' })
  await page.locator('tbody tr[data-row]').first().waitFor()
  const firstRowMs = await page.evaluate<number>('performance.now()')
  await page
    .locator('[role=treegrid]')
    .and(page.locator(`[aria-rowcount="${spans + 3}"]`))
    .waitFor()
  await page.locator('main:not(:has([aria-busy=true]))').waitFor()
  const wholeMs = await page.evaluate<number>('performance.now()')
  await page.waitForTimeout(1_000)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busyMs = async () =>
    ((await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0) *
    1_000
  const before = await busyMs()
  const scrolled = await page.evaluate<{ frames: number }>(SCROLL)
  // Processor time, because others may use the machine as well.
  const mainThreadMsPerFrame = Math.round((await busyMs()) - before) / scrolled.frames
  await devtools.detach()
  const opened = { firstRowMs: Math.round(firstRowMs), wholeMs: Math.round(wholeMs) }
  return { view, spans, ...opened, mainThreadMsPerFrame: Number(mainThreadMsPerFrame.toFixed(1)), ...scrolled }
}

/** Scrolls the frame from top to bottom in a few seconds, and looks at what that costs. */
const SCROLL = `new Promise((resolve) => {
  const frame = document.querySelector('[role=treegrid]').parentElement
  const tasks = []
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
  observer.observe({ type: 'longtask' })
  const frames = []
  let nodes = 0
  let rows = 0
  const start = performance.now()
  let last = start
  const step = (now) => {
    frames.push(now - last)
    last = now
    nodes = Math.max(nodes, document.querySelectorAll('*').length)
    rows = Math.max(rows, document.querySelectorAll('tr[data-row]').length)
    if (now - start > ${SCROLL_MS}) {
      const sorted = frames.slice(1).sort((a, b) => a - b)
      setTimeout(() => {
        observer.disconnect()
        resolve({
          longestTaskMs: Math.round(Math.max(0, ...tasks)),
          longTasks: tasks.length,
          frames: sorted.length,
          frameP50Ms: Math.round(sorted[Math.floor(sorted.length / 2)]),
          frameP95Ms: Math.round(sorted[Math.floor(sorted.length * 0.95)]),
          domNodes: nodes,
          rowsDrawn: rows,
          scrolledPx: Math.round(frame.scrollTop),
        })
      }, 200)
      return
    }
    frame.scrollTop = ((now - start) / ${SCROLL_MS}) * (frame.scrollHeight - frame.clientHeight)
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`

await send()
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const [leadership] = DEMO_LOGINS
  const answer = await context.request.post(`${url}/api/auth/sign-in/email`, {
    data: { email: leadership?.email, password: DEMO_PASSWORD },
    headers: { origin: url },
  })
  if (!answer.ok()) throw new Error(`Signing in answered ${answer.status()}.`)
  const page = await context.newPage()
  // What only the first visit of all needs is not the chain's.
  await page.goto(`${url}/tasks/market-entry-analysis`, { waitUntil: 'networkidle' })
  for (const view of ['chain', 'timeline']) console.log(JSON.stringify(await measure(page, view)))
} finally {
  await browser.close()
}
