import { ApiQuery, PeekLine, PeekPanel, PeekSection } from '../../../../components/peek/peek-panel.tsx'
import { Corrections, ReportedCost, SupersededRatings } from '../../../../components/rating/event-history.tsx'
import { eventHref } from '../../../../components/rating/invocation-facts.ts'
import { RatedLines, RatesUsed } from '../../../../components/rating/line-arithmetic.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { Swatch } from '../../../../components/ui/swatch.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { FleetPoolsFragment, TaskChainQuery } from '../../../../generated/graphql.ts'
import { attributedOf } from '../../../../lib/basis.ts'
import { query } from '../../../../lib/api.ts'
import { selfText, type ChainSpan, type ChainTrace } from '../../../../lib/chain.ts'
import type { ColourOf } from '../../../../lib/colours.ts'
import { exactDecimalText, exactText, fineMoneyText, isZero, percentText, shareOf } from '../../../../lib/format.ts'
import { meterText } from '../../../../lib/rate-text.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { secondsText } from '../../../../lib/time.ts'
import { CostByAgent, TaskPeek } from './task-peek.tsx'

/** The chain names every call; how one was rated, in full, is asked for when it is opened. */
const SpanInvocationDocument = graphql(`
  query SpanInvocation($id: String!) {
    invocation(id: $id) {
      ...InvocationFacts
      task {
        key
      }
      span {
        ...ChainSpan
      }
    }
  }
`)

type TaskCost = NonNullable<TaskChainQuery['taskCost']>

interface SpanPeekProps {
  taskCost: TaskCost
  /** `trace:span` of the address. */
  peek: string | null
  tenant: Tenant
  closeHref: string
  colourOf: ColourOf
  facts: FleetPoolsFragment
}

/** The trace of the call that the address names, if the task has it. */
export function findTrace(taskCost: TaskCost, peek: string | null): ChainTrace | null {
  return taskCost.traces.find(({ traceId }) => peek?.startsWith(`${traceId}:`)) ?? null
}

function apiQuery(traceId: string): string {
  return `query {
  trace(traceId: ${JSON.stringify(traceId)}) {
    spans {
      spanId name
      self { amount currency }
      ratedLines {
        meter quantity
        unitPrice { amount } amount { amount }
        rate { card }
      }
    }
  }
}`
}

const KIND_NAMES = {
  MODEL: 'Model call',
  EMBEDDING: 'Embedding',
  TOOL: 'Tool call',
  RETRIEVAL: 'Retrieval',
  AGENT: 'Agent',
  OTHER: 'Step',
} as const

/** One call: every rated line as quantity × unit price, the rate it used, and what a shared use means for it. */
export async function SpanPeek({ taskCost, peek, tenant, closeHref, colourOf, facts: pools }: SpanPeekProps) {
  const trace = findTrace(taskCost, peek)
  if (trace === null || peek === null) return null
  const id = peek.slice(trace.traceId.length + 1)
  const { invocation: facts } = await query(SpanInvocationDocument, { id })
  const span = facts?.span
  if (facts == null || span == null || facts.task?.key !== taskCost.task.key)
    return <TaskPeek taskCost={taskCost} colourOf={colourOf} facts={pools} />
  const amount = span.self ?? { amount: '0', currency: tenant.currency }
  const share = shareOf(span.subtree.amount, attributedOf(taskCost.cost).amount)
  const isWrapping = span.billing === 'CLAIMED'
  const shown = isWrapping ? span.subtree : amount
  return (
    <PeekPanel
      openKey={peek}
      title={span.name}
      caption={`${KIND_NAMES[span.kind]} · ${span.agent?.name ?? 'no agent tag'}`}
      closeHref={closeHref}
      figure={
        selfText(span).text === 'n/a' ? (
          <span title={selfText(span).title}>n/a</span>
        ) : (
          <span title={exactText(shown)}>{fineMoneyText(shown)}</span>
        )
      }
      formula={`${isWrapping ? 'with everything below it, ' : ''}${share === null ? '' : `${percentText(share, 2)} of the task${isZero(taskCost.cost.allocated.amount) ? '' : ' before pools'}`}`}
    >
      <Corrections facts={facts} timeZone={tenant.timeZone} />
      {facts.ratedLines.length === 0 ? (
        <UnratedUsage span={span} />
      ) : (
        <RatedLines
          lines={facts.ratedLines}
          currency={tenant.currency}
          unpriced={span.unpricedMeters}
          sum={span.billing === 'VOID' ? facts.cost : span.self}
          reason={selfText(span).title}
        />
      )}
      <RatesUsed
        lines={facts.ratedLines}
        chosenAt={secondsText(span.startedAt, tenant.timeZone)}
        timeZone={tenant.timeZone}
      />
      <ReportedCost facts={facts} />
      <SupersededRatings facts={facts} currency={tenant.currency} timeZone={tenant.timeZone} />
      <SharedUse trace={trace} span={span} colourOf={colourOf} />
      <CostByAgent taskCost={taskCost} colourOf={colourOf} />
      <ApiQuery text={apiQuery(trace.traceId)} />
      <p className="no-print px-4 pb-4 sm:px-5">
        <Link href={eventHref(span.invocationId)} className="link inline-flex min-h-8 items-center">
          All of this event
        </Link>
      </p>
    </PeekPanel>
  )
}

/** What an event without a rated line consumed, and why it has none. */
function UnratedUsage({ span }: { span: ChainSpan }) {
  return (
    <PeekSection title="Quantity × price @ rate">
      <p className="text-ink-2">{selfText(span).title}.</p>
      <ul className="mt-2">
        {span.usage.map((line) => (
          <PeekLine key={line.meter} name={meterText(line.meter)} value={exactDecimalText(line.quantity)} />
        ))}
      </ul>
    </PeekSection>
  )
}

function SharedUse({ trace, span, colourOf }: { trace: ChainTrace; span: ChainSpan; colourOf: ColourOf }) {
  const use = span.sharedKey == null ? undefined : trace.chainShared.find((one) => one.sharedKey === span.sharedKey)
  if (use === undefined) return null
  const [carrier, ...reporters] = use.reportedBy
  return (
    <PeekSection title="Shared use in this task">
      <p className="mb-1 text-ink-2">
        One use of {use.resource ?? use.sharedKey} cost {fineMoneyText(use.cost)}. The first report carries it; the
        others are its reporters. It belongs to the task, not to an agent.
      </p>
      <ul>
        {carrier === undefined ? null : (
          <PeekLine
            name={
              <span className="inline-flex items-center gap-2">
                <Swatch colour={colourOf(carrier.key)} />
                {carrier.name}
              </span>
            }
            value={
              <span className="text-ink-2">
                carries <Amount money={use.cost} as="fine" />
              </span>
            }
          />
        )}
        {reporters.map((agent) => (
          <PeekLine
            key={agent.key}
            name={
              <span className="inline-flex items-center gap-2">
                <Swatch colour={colourOf(agent.key)} />
                {agent.name}
              </span>
            }
            value={<span className="text-ink-2">reporter</span>}
          />
        ))}
      </ul>
    </PeekSection>
  )
}
