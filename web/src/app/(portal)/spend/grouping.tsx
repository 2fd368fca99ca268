import { ChevronDown } from 'lucide-react'
import { BasisSwitch } from '../../../components/cost/basis-switch.tsx'
import { Link } from '../../../components/ui/link.tsx'
import type { FleetPoolsFragment } from '../../../generated/graphql.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { SPEND_DIMENSIONS, type SpendView } from '../../../lib/spend.ts'

interface GroupingProps {
  params: SearchParams
  view: SpendView
  facts: FleetPoolsFragment
}

/** A change of the grouping starts with all rows folded, in the order of cost. */
const FRESH = { open: null, sort: null, q: null } as const

/** What the rows are, on one level or two, and which parts of a cost count. */
export function Grouping({ params, view, facts }: GroupingProps) {
  const { by, then } = view
  const secondBy = (id: string) => (then?.id === id ? null : (then?.id ?? null))
  return (
    <>
      <ChoiceMenu
        label="Group by"
        chosen={by.label}
        choices={SPEND_DIMENSIONS.map(({ id, label }) => ({
          id,
          label,
          isChosen: id === by.id,
          href: hrefWith('/spend', params, { ...FRESH, by: id === 'agent' ? null : id, then: secondBy(id) }),
        }))}
      />
      <ChoiceMenu
        label="then by"
        chosen={then?.label ?? 'nothing'}
        choices={[
          {
            id: 'nothing',
            label: 'Nothing',
            isChosen: then === null,
            href: hrefWith('/spend', params, { ...FRESH, then: null }),
          },
          ...SPEND_DIMENSIONS.filter(({ id }) => id !== by.id).map(({ id, label }) => ({
            id,
            label,
            isChosen: id === then?.id,
            href: hrefWith('/spend', params, { ...FRESH, then: id }),
          })),
        ]}
      />
      <BasisSwitch path="/spend" params={params} facts={facts} label="What counts as cost" />
    </>
  )
}

interface Choice {
  id: string
  label: string
  href: string
  isChosen: boolean
}

function ChoiceMenu({ label, chosen, choices }: { label: string; chosen: string; choices: readonly Choice[] }) {
  return (
    <details className="relative">
      <summary className="control">
        <span className="font-normal text-ink-3">{label}</span>
        {chosen}
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
      </summary>
      <nav aria-label={label} className="popover left-0 flex w-44 flex-col">
        {choices.map(({ id, label: name, href, isChosen }) => (
          <Link
            key={id}
            href={href}
            scroll={false}
            aria-current={isChosen ? 'true' : undefined}
            className={`flex min-h-8 items-center rounded-control px-2 hover:bg-hover ${isChosen ? 'bg-sunken font-[550]' : ''}`}
          >
            {name}
          </Link>
        ))}
      </nav>
    </details>
  )
}
