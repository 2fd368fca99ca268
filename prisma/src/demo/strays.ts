import type { Draft } from './draft.ts'
import { DEMO_CLIENTS } from './fleet.ts'
import type { MonthPlan } from './month-plan.ts'
import type { Random } from './random.ts'
import { startTimes } from './working-time.ts'

/** Calls a month that no agent, and mostly no client, is named for. */
const STRAYS = 300

/**
 * Usage as it comes before everybody tags theirs: notebooks and chat tools that call public models directly. It has catalogue prices in
 * dollars, so it shows conversion too, and it keeps the remainders "unattributed" and "without client" above zero.
 */
export function strayUsage(plan: MonthPlan, random: Random): Draft[] {
  return startTimes(plan.month, STRAYS, random).map((startMs, index) => {
    const tag = random.below(10)
    const client = tag < 3 ? random.pick(DEMO_CLIENTS).key : null
    const isNotebook = random.below(5) > 0
    return {
      id: `demo-stray-${plan.month.slice(0, 7)}-${index + 1}`,
      agent: null,
      task: null,
      client,
      project: null,
      trace: null,
      span: null,
      parentSpan: null,
      kind: 'MODEL',
      provider: 'openai',
      resource: isNotebook ? 'gpt-4o' : 'gpt-4o-mini',
      name: isNotebook ? 'Notebook' : 'Chat window',
      startMs,
      endMs: startMs + random.between(2_000, 90_000),
      sharedKey: null,
      usage: [
        { meter: 'input_tokens', quantity: BigInt(random.between(60_000, 125_000)) },
        { meter: 'output_tokens', quantity: BigInt(random.between(6_000, 30_000)) },
      ],
      pricing: 'NONE',
    }
  })
}
