import type { Money } from '@outlay/domain/money/currency'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CostScope } from '../../generated/graphql.ts'
import { exactText, pixelsOf, signedAmountText } from '../../lib/format.ts'
import type { Period } from '../../lib/period.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { DifferenceBar } from '../chart/difference-bar.tsx'
import { CopyLinkButton } from '../peek/copy-link-button.tsx'
import { FocusOnOpen } from '../peek/focus-on-open.tsx'
import { ApiQuery } from '../peek/peek-panel.tsx'
import { Link } from '../ui/link.tsx'

/** Whose change is explained, and where it is asked. */
export interface WhyProps {
  of: { scope: CostScope; key: string | null }
  period: Period
  /** Shares of pools are counted where they are known of both periods. */
  isLoaded: boolean
  path: string
  params: SearchParams
}

/** `cost`: why the cost changed; `unit`: why the cost of a completed task did. */
export type WhyQuestion = 'cost' | 'unit'

/** What the address asks; null where it asks nothing. */
export function readWhy(params: SearchParams): WhyQuestion | null {
  return params.why === 'cost' || params.why === 'unit' ? params.why : null
}

/** Where a delta leads to: the same page with the panel that explains it. */
export function whyHref(path: string, params: SearchParams, question: WhyQuestion = 'cost'): string {
  return hrefWith(path, params, { why: question })
}

interface WhyPanelProps {
  question: WhyQuestion
  title: string
  caption: string
  /** The query that answers the same. */
  api: string
  path: string
  params: SearchParams
  /** Below the lists: what is in none of them. */
  note?: ReactNode
  children: ReactNode
}

const OTHER = {
  cost: { question: 'unit', text: 'Why the cost per task changed' },
  unit: { question: 'cost', text: 'Why the cost changed' },
} as const

/** The panel that takes a change apart: its finding, lists that end in the sum they make, and the query. */
export function WhyPanel({ question, title, caption, api, path, params, note, children }: WhyPanelProps) {
  const other = OTHER[question]
  return (
    <aside aria-labelledby="why-title" className="card mb-4 overflow-clip">
      <div className="flex items-start justify-between gap-2 px-3.5 pt-3 sm:px-5">
        <div className="min-w-0">
          <FocusOnOpen openKey={`why ${question}`}>
            <h2 id="why-title" className="text-card font-semibold text-balance">
              {title}
            </h2>
          </FocusOnOpen>
          <p className="text-caption text-ink-3">
            {caption}
            <Link
              href={whyHref(path, params, other.question)}
              scroll={false}
              className="link no-print ml-2 inline-flex min-h-6 items-center"
            >
              {other.text}
            </Link>
          </p>
        </div>
        <div className="no-print flex">
          <CopyLinkButton />
          <Link
            href={hrefWith(path, params, { why: null })}
            aria-label="Close the explanation"
            scroll={false}
            className="flex size-8 items-center justify-center rounded-control hover:bg-hover"
          >
            <X size={16} strokeWidth={1.4} aria-hidden />
          </Link>
        </div>
      </div>
      <div className="grid gap-x-8 gap-y-5 px-3.5 pt-3 pb-4 sm:px-5 md:grid-cols-2 xl:grid-cols-4">{children}</div>
      {note}
      <details className="no-print border-t border-line">
        <summary className="flex min-h-8 cursor-pointer items-center px-3.5 py-1 text-caption text-ink-2 sm:px-5">
          The same by API
        </summary>
        <ApiQuery text={api} />
      </details>
    </aside>
  )
}

interface AmountsProps {
  title: string
  rows: readonly { id: string; name: string; money: Money; title?: string; href?: string }[]
  total: Money
}

/** Signed amounts on one scale, ending in the sum they make. */
export function Amounts({ title, rows, total }: AmountsProps) {
  const most = Math.max(...rows.map(({ money }) => Math.abs(pixelsOf(money.amount))), 0)
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1 text-caption font-[550] text-ink-2">{title}</h3>
      <ul>
        {rows.map(({ id, name, money, title: how, href }) => (
          <li key={id} className="grid grid-cols-[minmax(0,1fr)_3rem_auto] items-center gap-2 py-1">
            <span className="break-words">
              {href === undefined ? (
                name
              ) : (
                <Link href={href} className="row-link inline-flex min-h-6 items-center">
                  {name}
                </Link>
              )}
            </span>
            <DifferenceBar amount={money.amount} most={most} className="w-12" />
            <span className="num min-w-14 text-right" title={how ?? exactText(money)}>
              {signedAmountText(money)}
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1.5 flex justify-between gap-3 border-t border-line pt-2 font-semibold">
        <span>Change</span>
        <span className="num" title={exactText(total)}>
          {signedAmountText(total)}
        </span>
      </p>
    </section>
  )
}
