import { byDimension, sumName } from '../../lib/alerts.ts'
import { memberPath } from '../../lib/member-path.ts'
import { currencySymbol, pixelsOf, shareOf, signedAmountText, sumOf, exactText } from '../../lib/format.ts'
import type { Dimension } from '../../generated/graphql.ts'
import { Link } from '../ui/link.tsx'
import { ShareBar } from '../ui/share-bar.tsx'
import type { AlertDetail } from './alert-detail.ts'

type Contributor = AlertDetail['contributors'][number]

/** Who makes it, by each dimension that says something; every list adds up to the impact, of a limit to what was spent. */
export function Contributors({ alert, isLimited }: { alert: AlertDetail; isLimited: boolean }) {
  return byDimension(alert.contributors).map(({ dimension, rows }) => (
    <ContributorList key={dimension} dimension={dimension} rows={rows} alert={alert} isLimited={isLimited} />
  ))
}

interface ContributorListProps {
  dimension: Dimension
  rows: readonly Contributor[]
  alert: AlertDetail
  /** Whether who looks is limited to clients. */
  isLimited: boolean
}

function ContributorList({ dimension, rows, alert, isLimited }: ContributorListProps) {
  const sum = { amount: sumOf(rows.map((row) => row.amount.amount)), currency: rows[0]?.amount.currency ?? 'GBP' }
  const name = sumName(rows, alert)
  const most = rows.map((row) => row.amount.amount).sort((a, b) => pixelsOf(b) - pixelsOf(a))[0] ?? '0'
  const of = dimension.toLowerCase()
  return (
    <section aria-label={`By ${of}`} className="min-w-0">
      <h3 className="mb-1 flex justify-between gap-3 text-caption font-[550] text-ink">
        <span>By {of}</span>
        <span className="font-normal text-ink-3">{currencySymbol(sum.currency)}</span>
      </h3>
      <ul>
        {rows.map((row) => (
          <li key={row.key ?? row.label} className="py-1">
            <span className="flex justify-between gap-3">
              <span className="min-w-0 break-words">
                <Name row={row} isLimited={isLimited} />
              </span>
              <span className="num" title={exactText(row.amount)}>
                {signedAmountText(row.amount)}
              </span>
            </span>
            <ShareBar ratio={shareOf(row.amount.amount, most) ?? '0'} track className="mt-0.5 h-1" />
          </li>
        ))}
      </ul>
      <p className="mt-1.5 flex justify-between gap-3 border-t border-line pt-2 font-semibold">
        <span>{name}</span>
        <span className="num" title={exactText(sum)}>
          {signedAmountText(sum)}
        </span>
      </p>
    </section>
  )
}

function Name({ row: { dimension, key, label }, isLimited }: { row: Contributor; isLimited: boolean }) {
  const hasPage = dimension === 'AGENT' || dimension === 'CLIENT'
  const href = !hasPage || key == null ? null : memberPath(dimension, key, { isLimited })
  if (href === null) return label
  return (
    <Link href={href} className="row-link">
      {label}
    </Link>
  )
}
