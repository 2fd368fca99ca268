import type { DraftLine } from './draft.ts'
import { Execution, type Draft } from './draft.ts'
import type { Random } from './random.ts'

/**
 * The chain behind "produce a market entry analysis": the Research Agent calls the Summarisation Agent, the Campaign Agent follows, and
 * all three report one query on the market index, which counts once. With the exact token counts below it costs
 *
 *     research       0.3330 + 0.0360 + 0.0100 + 0.9639 + 0.6555                = 1.9984
 *     summarisation  0.0144 + 0.0054                                           = 0.0198
 *     campaign       0.0064 + 0.7740 + 1.1850 + 0.1540 + 0.2700                = 2.3894
 *     shared query                                                             = 0.0024
 *     task                                                                     = 4.4100
 *
 * `vary` changes the token counts (and lets the month's sum scale them) for the other analyses of the month.
 */
export function marketEntryAnalysis(
  task: { key: string; client: string | null; project: string | null; startMs: number },
  { random, vary }: { random: Random; vary: boolean },
): { drafts: Draft[]; endMs: number } {
  const execution = new Execution(task, random)
  const at = (seconds: number) => task.startMs + seconds * 1000
  const spans = {
    research: execution.agent({ agent: 'research', name: 'Research Agent', startMs: at(0), endMs: at(239) }),
    summarisation: '',
    campaign: '',
  }
  const factor = () => (vary ? BigInt(random.between(70, 130)) : 100n)

  for (const step of STEPS) {
    if (step.name === 'Summarisation Agent') {
      const parent = spans.research
      spans.summarisation = execution.agent({ ...spanOf(step, at), agent: 'summarisation', parent })
    } else if (step.name === 'Campaign Agent') {
      spans.campaign = execution.agent({ ...spanOf(step, at), agent: 'campaign' })
    } else {
      const isModel = step.kind === 'MODEL'
      execution.call({
        ...spanOf(step, at),
        agent: step.agent,
        parent: spans[step.agent],
        kind: step.kind,
        provider: step.provider,
        resource: step.resource,
        usage: isModel
          ? step.usage.map((line) => ({ ...line, quantity: (line.quantity * factor()) / 100n }))
          : step.usage,
        pricing: step.sharedKey !== undefined ? 'NONE' : isModel && vary ? 'ELASTIC' : 'FIXED',
        sharedKey: step.sharedKey,
      })
    }
  }
  return { drafts: execution.drafts, endMs: at(402) }
}

interface Step {
  agent: 'research' | 'summarisation' | 'campaign'
  name: string
  kind: 'MODEL' | 'TOOL' | 'RETRIEVAL' | 'AGENT'
  provider: string
  resource: string
  usage: readonly DraftLine[]
  /** Seconds after the start of the task. */
  from: number
  to: number
  sharedKey?: string
}

function spanOf(step: Step, at: (seconds: number) => number): { name: string; startMs: number; endMs: number } {
  return { name: step.name, startMs: at(step.from), endMs: at(step.to) }
}

type Timing = { agent: Step['agent']; name: string; from: number; to: number }

function large(timing: Timing, tokens: { input: bigint; output: bigint; cached?: bigint }): Step {
  const cached = tokens.cached === undefined ? [] : [{ meter: 'cache_read_tokens', quantity: tokens.cached }]
  return {
    ...timing,
    kind: 'MODEL',
    provider: 'gateway',
    resource: 'large-reasoning',
    usage: [...inOut(tokens), ...cached],
  }
}
function small(timing: Timing, tokens: { input: bigint; output: bigint }): Step {
  return { ...timing, kind: 'MODEL', provider: 'gateway', resource: 'small-model', usage: inOut(tokens) }
}
function tool(timing: Timing, resource: string, meter: string, quantity: bigint): Step {
  return { ...timing, kind: 'TOOL', provider: 'tools', resource, usage: [{ meter, quantity }] }
}
function marketIndex(agent: Step['agent'], from: number, to: number): Step {
  return {
    agent,
    name: 'Vector query, market-index',
    from,
    to,
    kind: 'RETRIEVAL',
    provider: 'vector-store',
    resource: 'market-index',
    usage: [{ meter: 'requests', quantity: 1n }],
    sharedKey: 'market-index',
  }
}
function agentSpan(timing: Timing): Step {
  return { ...timing, kind: 'AGENT', provider: '', resource: '', usage: [] }
}
function inOut({ input, output }: { input: bigint; output: bigint }): DraftLine[] {
  return [
    { meter: 'input_tokens', quantity: input },
    { meter: 'output_tokens', quantity: output },
  ]
}

// Costs at £0.015 / £0.0015 / £0.075 per 1,000 (large: input, cached, output) and £0.0003 / £0.0015 per 1,000 (small).
const STEPS: readonly Step[] = [
  // 11,950 × 0.000015 + 2,050 × 0.000075 = 0.3330
  large({ agent: 'research', name: 'Plan the research', from: 2, to: 30 }, { input: 11_950n, output: 2_050n }),
  tool({ agent: 'research', name: 'Web search', from: 32, to: 58 }, 'web-search', 'requests', 6n),
  tool({ agent: 'research', name: 'Fetch pages', from: 51, to: 85 }, 'fetch-page', 'requests', 10n),
  marketIndex('research', 86, 90),
  // 48,200 × 0.000015 + 3,212 × 0.000075 = 0.7230 + 0.2409
  large(
    { agent: 'research', name: 'Read the sources', from: 92, to: 156 },
    { input: 48_200n, output: 3_212n, cached: 0n },
  ),
  agentSpan({ agent: 'summarisation', name: 'Summarisation Agent', from: 157, to: 196 }),
  marketIndex('summarisation', 158, 159),
  // 38,000 × 0.0000003 + 2,000 × 0.0000015 = 0.0144
  small(
    { agent: 'summarisation', name: 'Summarise 14 sources', from: 160, to: 182 },
    { input: 38_000n, output: 2_000n },
  ),
  // 13,000 × 0.0000003 + 1,000 × 0.0000015 = 0.0054
  small(
    { agent: 'summarisation', name: 'Condense to one page', from: 183, to: 195 },
    { input: 13_000n, output: 1_000n },
  ),
  // 26,575 × 0.000015 + 3,425 × 0.000075 = 0.6555
  large({ agent: 'research', name: 'Write the findings', from: 196, to: 239 }, { input: 26_575n, output: 3_425n }),
  agentSpan({ agent: 'campaign', name: 'Campaign Agent', from: 243, to: 402 }),
  marketIndex('campaign', 243, 244),
  tool({ agent: 'campaign', name: 'Audience lookup', from: 245, to: 252 }, 'audience-lookup', 'requests', 2n),
  // 30,850 × 0.000015 + 4,150 × 0.000075 = 0.7740
  large(
    { agent: 'campaign', name: 'Draft the positioning brief', from: 253, to: 291 },
    { input: 30_850n, output: 4_150n },
  ),
  // 42,750 × 0.000015 + 7,250 × 0.000075 = 1.1850
  large(
    { agent: 'campaign', name: 'Draft channel plan and copy', from: 292, to: 352 },
    { input: 42_750n, output: 7_250n },
  ),
  tool({ agent: 'campaign', name: 'Render images', from: 332, to: 378 }, 'image-render', 'images', 4n),
  // 9,250 × 0.000015 + 1,750 × 0.000075 = 0.2700
  large({ agent: 'campaign', name: 'Critique and polish', from: 379, to: 402 }, { input: 9_250n, output: 1_750n }),
]
