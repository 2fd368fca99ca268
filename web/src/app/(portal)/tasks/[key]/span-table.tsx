import { Link } from '../../../../components/ui/link.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { FIRST_SPANS, selfText, spanPeekKey, usageText, type ChainTrace } from '../../../../lib/chain.ts'
import { countText } from '../../../../lib/format.ts'
import { first, type SearchParams } from '../../../../lib/search-params.ts'
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

/** `?from=201`: how many spans of each trace come before those listed. */
export function readSkip(params: SearchParams): number {
  const from = Number(first(params.from))
  return Number.isInteger(from) && from > 1 ? from - 1 : 0
}

interface SpanPagesProps {
  traces: readonly ChainTrace[]
  skip: number
  /** `from` of the page; null for the first. */
  hrefOf: (from: string | null) => string
}

/** A long list comes in pages, of several traces side by side. */
export function SpanPages({ traces, skip, hrefOf }: SpanPagesProps) {
  const longest = Math.max(0, ...traces.map(({ spanCount }) => spanCount))
  if (longest <= FIRST_SPANS && skip === 0) return null
  const end = Math.min(longest, skip + FIRST_SPANS)
  const before = skip - FIRST_SPANS
  return (
    <nav aria-label="Pages of calls" className="no-print flex flex-wrap items-center gap-2 px-4 py-3 sm:px-5">
      {skip === 0 ? null : (
        <Link className="control" href={hrefOf(before <= 0 ? null : String(before + 1))} scroll={false}>
          Previous page
        </Link>
      )}
      {end < longest ? (
        <Link className="control" href={hrefOf(String(end + 1))} scroll={false}>
          Next page
        </Link>
      ) : null}
      <span className="text-caption text-ink-3">
        {end > skip ? `${countText(skip + 1)}–${countText(end)} of ` : ''}
        {countText(longest)} spans{traces.length > 1 ? ' of the longest trace' : ''}
      </span>
    </nav>
  )
}
