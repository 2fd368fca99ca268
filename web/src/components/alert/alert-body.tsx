import { isLimited, mayHandleAlerts, type Viewer } from '../../lib/session.ts'
import { Link } from '../ui/link.tsx'
import { AlertActions } from './alert-actions.tsx'
import { AlertCharts } from './alert-charts.tsx'
import type { AlertDetail } from './alert-detail.ts'
import { alertHref } from './alert-facts.ts'
import { AlertStory } from './alert-story.tsx'
import { AlertTiles } from './alert-tiles.tsx'
import { Contributors } from './contributors.tsx'
import { Decomposition } from './decomposition.tsx'

interface AlertBodyProps {
  alert: AlertDetail
  viewer: Viewer
  /** Within the feed: the latest of its history, and a link to all of it. */
  isCompact?: boolean
}

/** An alert explained, and what can be done about it: in the feed and on its own page alike. */
export function AlertBody({ alert, viewer, isCompact = false }: AlertBodyProps) {
  const { tenant } = viewer
  const now = Date.now()
  return (
    <>
      <AlertTiles alert={alert} tenant={tenant} now={now} />
      <AlertCharts alert={alert} tenant={tenant} now={now} />
      <div className="mt-5 grid gap-x-8 gap-y-5 border-t border-line pt-5 sm:grid-cols-2 lg:grid-cols-[repeat(auto-fit,minmax(220px,1fr))]">
        <Contributors alert={alert} isLimited={isLimited(viewer)} />
        <div className="flex min-w-0 flex-col gap-5">
          <AlertStory alert={alert} tenant={tenant} {...(isCompact ? { most: 5 } : {})} />
          {alert.decomposition == null ? null : <Decomposition parts={alert.decomposition} />}
        </div>
      </div>
      {alert.suppressedBy == null ? null : (
        <p className="mt-4 text-ink-2">
          Nobody was told of it: it is explained by{' '}
          <Link href={alertHref(alert.suppressedBy.id)} className="link">
            {alert.suppressedBy.title}
          </Link>
          .
        </p>
      )}
      <div className="no-print mt-5 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-5 empty:hidden">
        <AlertActions
          key={alert.id}
          alert={alert}
          mayHandle={mayHandleAlerts(viewer.role)}
          email={viewer.email ?? null}
          timeZone={tenant.timeZone}
        />
        {isCompact ? (
          <Link href={alertHref(alert.id)} className="link ml-auto inline-flex min-h-8 items-center">
            Everything about it
          </Link>
        ) : null}
      </div>
    </>
  )
}
