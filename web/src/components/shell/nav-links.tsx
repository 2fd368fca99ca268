'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { hrefWith, periodParams } from '../../lib/search-params.ts'
import { Link } from '../ui/link.tsx'
import { NavCount } from './nav-count.tsx'
import { navOf, type Audience, type NavItem } from './nav-items.ts'

function isCurrent(item: NavItem, path: string): boolean {
  if (item.href === '/') return path === '/'
  return [item.href, ...(item.alsoAt ?? [])].some((href) => path === href || path.startsWith(`${href}/`))
}

/** The pages, with the period looked at carried along. */
export function NavLinks({ audience }: { audience: Audience }) {
  const path = usePathname()
  const period = periodParams(Object.fromEntries(useSearchParams().entries()))
  return navOf(audience).map((group) => (
    <div key={group.label ?? ''} className="mb-3">
      {group.label === null ? null : <p className="px-2 pt-1 pb-1.5 text-caption text-ink-3">{group.label}</p>}
      <ul>
        {group.items.map((item) => {
          const current = isCurrent(item, path)
          return (
            <li key={item.href}>
              <Link
                href={hrefWith(item.href, period)}
                ahead
                aria-current={current ? 'page' : undefined}
                className={`flex h-8 items-center gap-2.5 rounded-control border px-2 max-md:h-11 ${
                  current
                    ? 'border-line bg-sunken font-[550] text-ink'
                    : 'border-transparent text-ink-2 hover:bg-hover hover:text-ink'
                }`}
              >
                <item.Icon
                  size={16}
                  strokeWidth={1.4}
                  aria-hidden
                  className={current ? 'text-accent-ink' : 'text-ink-3'}
                />
                {item.label}
                {item.isCounted ? <NavCount /> : null}
              </Link>
            </li>
          )
        })}
      </ul>
    </div>
  ))
}
