import { ChevronDown, Eye } from 'lucide-react'
import { Link } from '../../../components/ui/link.tsx'
import { LENSES, type Lens } from '../../../lib/lens.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'

/** For whom the fleet is shown. The address keeps the choice; without one it is the lens of the role. */
export function LensMenu({ chosen, params }: { chosen: Lens; params: SearchParams }) {
  return (
    <details key={chosen.id} className="relative">
      <summary className="control" aria-label={`Shown for ${chosen.label}`}>
        <Eye size={16} strokeWidth={1.4} aria-hidden />
        {chosen.label}
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
      </summary>
      <nav aria-label="For whom the fleet is shown" className="popover right-0 w-72 max-sm:right-auto max-sm:left-0">
        {LENSES.map((lens) => (
          <Link
            key={lens.id}
            href={hrefWith('/', params, { lens: lens.id, why: null })}
            aria-current={lens.id === chosen.id ? 'true' : undefined}
            scroll={false}
            className={`block rounded-control px-2 py-1.5 hover:bg-hover ${lens.id === chosen.id ? 'bg-accent-soft' : ''}`}
          >
            <span className="block font-[550]">{lens.label}</span>
            <span className="block text-caption text-ink-2">{lens.shows}</span>
          </Link>
        ))}
      </nav>
    </details>
  )
}
