import { Badge } from '../../../components/ui/badge.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { dateText } from '../../../lib/calendar.ts'
import { countText } from '../../../lib/format.ts'
import type { CatalogueVersion } from '../../../lib/rating-facts.ts'
import { dayText } from '../../../lib/time.ts'

interface CatalogueCardProps {
  adopted: CatalogueVersion | null
  newest: CatalogueVersion | null
  timeZone: string
}

export function CatalogueAge({ catalogue }: { catalogue: CatalogueVersion }) {
  const { ageDays, isStale } = catalogue
  if (ageDays == null) return <Badge>age unknown</Badge>
  const text = `${countText(ageDays)} ${ageDays === 1 ? 'day' : 'days'} old`
  return isStale ? (
    <Badge tone="warn" title="Older than 45 days: prices may have changed since">
      stale, {text}
    </Badge>
  ) : (
    <Badge tone="ok">{text}</Badge>
  )
}

/** The public prices that apply where no card of one's own does: how old they are, and whether newer ones are there. */
export function CatalogueCard({ adopted, newest, timeZone }: CatalogueCardProps) {
  if (adopted === null) {
    return (
      <Card title="No catalogue of public prices" caption="What no card prices is unpriced">
        <EmptyState command={{ label: 'Import the catalogue', code: 'npm run catalogue' }}>
          The version you adopt will stand here, with its age and what a newer one changes.
        </EmptyState>
      </Card>
    )
  }
  const isNewest = newest === null || newest.version === adopted.version
  return (
    <Card
      title={
        isNewest ? `Catalogue ${adopted.version} is the newest there is` : `Catalogue ${newest.version} is waiting`
      }
      caption="Public prices, used where no card of your own applies"
      actions={<CatalogueAge catalogue={adopted} />}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <dt className="text-ink-3">Adopted</dt>
        <dd>
          {adopted.version}
          {adopted.publishedOn == null ? '' : `, published ${dateText(adopted.publishedOn, { year: true })}`}
        </dd>
        <dt className="text-ink-3">Prices</dt>
        <dd className="num">{countText(adopted.rates)}</dd>
        <dt className="text-ink-3">Newest here</dt>
        <dd>
          {isNewest || newest === null
            ? 'the same'
            : `${newest.version}, imported ${dayText(newest.importedAt, timeZone)}`}
        </dd>
      </dl>
      <p className="mt-3">
        <Link className="link inline-flex min-h-8 items-center" href="/rate-cards/catalogue">
          {isNewest ? 'Versions of the catalogue' : 'See what it changes'}
        </Link>
      </p>
    </Card>
  )
}
