import type { ReactNode } from 'react'
import { RATING_PAGES } from '../../../components/shell/nav-items.ts'
import { Link } from '../../../components/ui/link.tsx'
import type { Truth } from '../../../components/ui/line-of-truth.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { countText } from '../../../lib/format.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { catalogueState, ratingFacts } from '../../../lib/rating-facts.ts'
import type { Tenant } from '../../../lib/session.ts'

interface RatingFrameProps {
  title: string
  /** Which of the pages under Rate cards this is, or is part of. */
  path: (typeof RATING_PAGES)[number]['href']
  tenant: Tenant
  badge?: ReactNode
  crumbs?: readonly { label: string; href: string }[]
  actions?: ReactNode
  /** Beside what all these pages stand on. */
  truth?: readonly Truth[]
  children: ReactNode
}

/** The head of every page about rates: title, line of truth, and the way to the others. */
export async function RatingFrame({
  title,
  path,
  tenant,
  badge,
  crumbs,
  actions,
  truth = [],
  children,
}: RatingFrameProps) {
  const { catalogues, unpricedUsage } = await ratingFacts()
  const { adopted, newest } = catalogueState(catalogues)
  const isBehind = adopted !== null && newest !== null && adopted.version !== newest.version
  const waiting = unpricedUsage.length
  return (
    <>
      <PageHeader
        title={title}
        badge={badge}
        crumbs={crumbs ?? (path === '/rate-cards' ? [] : [{ label: 'Rate cards', href: '/rate-cards' }])}
        truth={[
          ...tenantTruth(tenant),
          {
            text:
              adopted === null
                ? 'no catalogue'
                : `catalogue ${adopted.version}${isBehind ? ', a newer one is there' : adopted.isStale ? ', stale' : ''}`,
            href: '/rate-cards/catalogue',
            title: 'The public prices that apply where no card of your own does',
          },
          {
            text: `${countText(waiting)} without a price`,
            href: '/rate-cards/unpriced',
            title: 'Meters of resources that have no price; their usage is in no amount',
          },
          ...truth,
        ]}
        actions={actions}
      />
      <nav aria-label="Pages about rates" className="segment no-print mb-4">
        {RATING_PAGES.map((page) => (
          <Link key={page.href} href={page.href} aria-current={page.href === path ? 'page' : undefined}>
            {page.label}
            {page.href === '/rate-cards/unpriced' && waiting > 0 ? (
              <span className="num ml-1.5 rounded-badge bg-warn-soft px-1 text-axis text-warn">
                {countText(waiting)}
              </span>
            ) : null}
          </Link>
        ))}
      </nav>
      {children}
    </>
  )
}
