import type { FleetPoolsFragment } from '../../generated/graphql.ts'
import { BASES } from '../../lib/basis.ts'
import { basisOf, isWaiting } from '../../lib/fleet-pools.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { Link } from '../ui/link.tsx'

interface BasisSwitchProps {
  path: string
  params: SearchParams
  facts: FleetPoolsFragment
  label?: string
}

/** On what costs per task and margins are reckoned; the choice is in the address. Fully loaded is one once the pools are allocated. */
export function BasisSwitch({ path, params, facts, label = 'Basis of unit costs and margins' }: BasisSwitchProps) {
  const chosen = basisOf(params, facts)
  const bases = BASES.filter(({ id }) => id !== 'loaded' || !isWaiting(facts))
  return (
    <nav aria-label={label} className="segment no-print">
      {bases.map((basis) => (
        <Link
          key={basis.id}
          href={hrefWith(path, params, { basis: basis.id === 'loaded' ? null : basis.id })}
          aria-current={basis.id === chosen.id ? 'true' : undefined}
          title={basis.means}
          scroll={false}
        >
          {basis.label}
        </Link>
      ))}
    </nav>
  )
}
