import { Link } from '../../../../components/ui/link.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { selfText, spanPeekKey, usageText, type ChainTrace } from '../../../../lib/chain.ts'
import type { Tenant } from '../../../../lib/session.ts'
import { durationText, secondsText } from '../../../../lib/time.ts'

interface SpanTableProps {
  traces: readonly ChainTrace[]
  symbol: string
  tenant: Tenant
  hrefOf: (peek: string) => string
}

/** The chain as a flat table, in order of time within each branch. */
export function SpanTable({ traces, symbol, tenant, hrefOf }: SpanTableProps) {
  const rows = traces.flatMap((trace) =>
    trace.spans.map((span) => {
      const self = selfText(span)
      const ms = span.endedAt == null ? null : Date.parse(span.endedAt) - Date.parse(span.startedAt)
      return {
        id: spanPeekKey(trace, span),
        cells: [
          <Link key="name" data-peek scroll={false} href={hrefOf(spanPeekKey(trace, span))} className="row-link">
            {span.name}
          </Link>,
          span.kind.toLowerCase(),
          span.agent?.name ?? <NotAvailable key="agent" reason="No agent tag" />,
          usageText(span),
          secondsText(span.startedAt, tenant.timeZone),
          ms === null ? <NotAvailable key="time" reason="It has no end time" /> : durationText(ms),
          self.text === 'n/a' ? (
            <NotAvailable key="self" reason={self.title} />
          ) : (
            <span title={self.title}>{self.text}</span>
          ),
          <Amount key="subtree" money={span.subtree} as="fine" />,
        ],
      }
    }),
  )
  return (
    <MiniTable
      label="Calls"
      heads={[
        { label: 'Call' },
        { label: 'Kind' },
        { label: 'Agent' },
        { label: 'Usage' },
        { label: 'Started' },
        { label: 'Took', isNumber: true },
        { label: `Self, ${symbol}`, isNumber: true },
        { label: `Subtree, ${symbol}`, isNumber: true },
      ]}
      rows={rows}
    />
  )
}
