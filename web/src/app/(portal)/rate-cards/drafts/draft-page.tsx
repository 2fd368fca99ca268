import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { graphql } from '../../../../generated/gql.ts'
import { query } from '../../../../lib/api.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { mayKeepRates, type Tenant } from '../../../../lib/session.ts'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { namesOf } from '../rates.ts'
import { RatingFrame } from '../rating-frame.tsx'
import { DraftForm, type DraftStart } from './draft-form.tsx'

const KnownRatesDocument = graphql(`
  query KnownRates {
    rateCards {
      rates {
        ...RateRow
      }
    }
  }
`)

interface DraftPageProps {
  title: string
  /** What the form holds at first, once it is known who asks. */
  start: (tenant: Tenant) => Promise<DraftStart>
}

/** The page around the form of a draft, new or not. */
export async function DraftPage({ title, start }: DraftPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  if (!mayKeepRates(viewer.role)) {
    return (
      <RatingFrame title={title} path="/rate-cards" tenant={tenant}>
        <NotForRole>Drafts are written by Finance and administrators.</NotForRole>
      </RatingFrame>
    )
  }
  const [first, { rateCards }] = await Promise.all([start(tenant), query(KnownRatesDocument)])
  const rates = rateCards.flatMap((card) => card.rates)
  return (
    <RatingFrame
      title={title}
      path="/rate-cards"
      tenant={tenant}
      crumbs={[{ label: 'Rate cards', href: '/rate-cards' }]}
    >
      <DraftForm
        start={first}
        timeZone={tenant.timeZone}
        currency={tenant.currency}
        today={tenant.today}
        providers={namesOf(rates, 'provider')}
        resources={namesOf(rates, 'resource')}
      />
    </RatingFrame>
  )
}
