import type { ReactNode } from 'react'
import { ALERT_PAGES } from '../../../components/shell/nav-items.ts'
import { Link } from '../../../components/ui/link.tsx'
import type { Truth } from '../../../components/ui/line-of-truth.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { viewerTruth } from '../../../lib/page-context.ts'
import { isLimited, type Viewer } from '../../../lib/session.ts'

interface AlertsFrameProps {
  title: string
  /** Which of the pages under Alerts and budgets this is, or is part of. */
  path: (typeof ALERT_PAGES)[number]['href']
  viewer: Viewer
  badge?: ReactNode
  crumbs?: readonly { label: string; href: string }[]
  actions?: ReactNode
  truth?: readonly Truth[]
  children: ReactNode
}

/** The head of every page about budgets, rules and channels: title, line of truth, and the way to the others. */
export function AlertsFrame({
  title,
  path,
  viewer,
  badge,
  crumbs = [],
  actions,
  truth = [],
  children,
}: AlertsFrameProps) {
  return (
    <>
      <PageHeader
        title={title}
        badge={badge}
        crumbs={crumbs}
        truth={[...viewerTruth(viewer), ...truth]}
        actions={actions}
      />
      {isLimited(viewer) ? null : (
        <nav aria-label="Alerts and budgets" className="segment no-print mb-4">
          {ALERT_PAGES.map((page) => (
            <Link key={page.href} href={page.href} aria-current={page.href === path ? 'page' : undefined}>
              {page.label}
            </Link>
          ))}
        </nav>
      )}
      {children}
    </>
  )
}

/** Hidden by permission says so: what somebody who only reads does not find here. */
export function ReadOnlyAlerts({ viewer }: { viewer: Viewer }) {
  return (
    <p className="no-print mb-4 text-caption text-ink-3">
      {isLimited(viewer)
        ? 'You see the budgets of your clients and their projects. Who sees the whole firm sets them.'
        : 'You see budgets, rules and channels. Finance, project managers and administrators change them.'}
    </p>
  )
}
