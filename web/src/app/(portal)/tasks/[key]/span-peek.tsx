import type { ReactNode } from 'react'
import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../../../../components/peek/peek-panel.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { Swatch } from '../../../../components/ui/swatch.tsx'
import type { TaskChainQuery } from '../../../../generated/graphql.ts'
import { selfText, spanPeekKey, type ChainSpan, type ChainTrace } from '../../../../lib/chain.ts'
import type { ColourOf } from '../../../../lib/colours.ts'
import {
  currencySymbol,
  exactDecimalText,
  exactText,
  fineMoneyText,
  percentText,
  shareOf,
} from '../../../../lib/format.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { dayText, secondsText } from '../../../../lib/time.ts'
import { DirectByAgent } from './task-peek.tsx'

type TaskCost = NonNullable<TaskChainQuery['taskCost']>

interface SpanPeekProps {
  taskCost: TaskCost
  /** `trace:span` of the address. */
  peek: string | null
  tenant: Tenant
  closeHref: string
  colourOf: ColourOf
  /** What stands here while no call is open. */
  children: ReactNode
}

function find(taskCost: TaskCost, peek: string | null): { trace: ChainTrace; span: ChainSpan } | null {
  for (const trace of taskCost.traces) {
    for (const span of trace.spans) if (spanPeekKey(trace, span) === peek) return { trace, span }
  }
  return null
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

const RATE_SOURCES = { CONTRACT: 'contract', MANUAL: 'own rate card', CATALOGUE: 'catalogue' } as const

const KIND_NAMES = {
  MODEL: 'Model call',
  EMBEDDING: 'Embedding',
  TOOL: 'Tool call',
  RETRIEVAL: 'Retrieval',
  AGENT: 'Agent',
  OTHER: 'Step',
} as const

/** One call: every rated line as quantity × unit price, the rate it used, and what a shared use means for it. */
export function SpanPeek({ taskCost, peek, tenant, closeHref, colourOf, children }: SpanPeekProps) {
  const found = find(taskCost, peek)
  if (found === null) return children
  const { trace, span } = found
  const amount = span.self ?? { amount: '0', currency: tenant.currency }
  const share = shareOf(span.subtree.amount, taskCost.cost.total.amount)
  const isWrapping = span.billing === 'CLAIMED'
  const shown = isWrapping ? span.subtree : amount
  return (
    <PeekPanel
      openKey={peek ?? ''}
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
      formula={`${isWrapping ? 'with everything below it, ' : ''}${share === null ? '' : `${percentText(share, 2)} of the task`}`}
    >
      <RatedLines span={span} currency={amount.currency} />
      <RateFacts span={span} tenant={tenant} />
      <SharedUse trace={trace} span={span} colourOf={colourOf} />
      <DirectByAgent taskCost={taskCost} colourOf={colourOf} />
      <ApiQuery text={apiQuery(trace.traceId)} />
    </PeekPanel>
  )
}

function RatedLines({ span, currency }: { span: ChainSpan; currency: string }) {
  if (span.ratedLines.length === 0) {
    return (
      <PeekSection title="Quantity × price @ rate">
        <p className="text-ink-2">{selfText(span).title}.</p>
        <ul className="mt-2">
          {span.usage.map((line) => (
            <PeekLine key={line.meter} name={line.meter.replaceAll('_', ' ')} value={exactDecimalText(line.quantity)} />
          ))}
        </ul>
      </PeekSection>
    )
  }
  return (
    <PeekSection title="Quantity × price @ rate" unit={currencySymbol(currency)}>
      <ul>
        {/* A meter has a line for each step of a graduated price that its quantity crosses. */}
        {span.ratedLines.map((line, index) => (
          <PeekLine
            key={`${line.meter} ${index}`}
            name={line.meter.replaceAll('_', ' ')}
            note={
              <span className="num whitespace-normal">
                {exactDecimalText(line.quantity)} ×{' '}
                {line.unitPrice.currency === currency ? '' : `${line.unitPrice.currency} `}
                {exactDecimalText(line.unitPrice.amount)}
                {line.fxRate == null ? '' : ` × ${exactDecimalText(line.fxRate)}`} @ {line.rate.card}
              </span>
            }
            value={<Amount money={line.amount} as="fine" />}
          />
        ))}
        {span.unpricedMeters.map((meter) => (
          <PeekLine key={meter} name={meter.replaceAll('_', ' ')} note="no price" value="n/a" />
        ))}
      </ul>
      <PeekSum name="Self cost" value={<Amount money={span.self} as="fine" reason={selfText(span).title} />} />
    </PeekSection>
  )
}

function RateFacts({ span, tenant }: { span: ChainSpan; tenant: Tenant }) {
  const [line] = span.ratedLines
  if (line === undefined) return null
  const { rate } = line
  return (
    <PeekSection title="Rate">
      <ul>
        <PeekLine
          name={rate.card}
          value={rate.effectiveFrom == null ? 'since ever' : `from ${dayText(rate.effectiveFrom, tenant.timeZone)}`}
        />
        <PeekLine
          name="Resource"
          value={<span className="whitespace-normal">{`${rate.provider} / ${rate.resource}`}</span>}
        />
        <PeekLine name="Chosen by" value={`occurred at ${secondsText(span.startedAt, tenant.timeZone)}`} />
        <PeekLine name="Source" value={RATE_SOURCES[rate.source]} />
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
