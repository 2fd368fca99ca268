import { ChevronRight } from 'lucide-react'
import { Link } from './link.tsx'
import type { ReactNode } from 'react'
import { LineOfTruth, type Truth } from './line-of-truth.tsx'

interface PageHeaderProps {
  title: string
  badge?: ReactNode
  crumbs?: readonly { label: string; href: string }[]
  truth: readonly Truth[]
  actions?: ReactNode
}

export function PageHeader({ title, badge, crumbs = [], truth, actions }: PageHeaderProps) {
  return (
    <header className="mb-4">
      {crumbs.length === 0 ? null : (
        <nav aria-label="Breadcrumb" className="mb-1">
          <ol className="flex flex-wrap items-center gap-1 text-caption text-ink-2">
            {crumbs.map((crumb, index) => (
              <li key={crumb.href} className="flex min-w-0 items-center gap-1">
                {index === 0 ? null : <ChevronRight size={12} aria-hidden className="shrink-0 text-ink-3" />}
                <Link
                  href={crumb.href}
                  className="inline-flex min-h-6 min-w-0 items-center break-words hover:text-ink hover:underline"
                >
                  {crumb.label}
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className="grid gap-x-6 lg:grid-cols-[minmax(18rem,1fr)_auto]">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-title font-semibold tracking-[-0.01em] break-words max-sm:text-figure">
            {title}
          </h1>
          {badge}
        </div>
        <div className="min-w-0 lg:col-span-2">
          <LineOfTruth parts={truth} />
        </div>
        {actions === undefined ? null : (
          <div className="no-print flex flex-wrap gap-2 empty:hidden max-lg:mt-2 lg:col-start-2 lg:row-start-1 lg:justify-end">
            {actions}
          </div>
        )}
      </div>
    </header>
  )
}
