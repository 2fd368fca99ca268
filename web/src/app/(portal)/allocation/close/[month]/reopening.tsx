import { Hourglass } from 'lucide-react'
import { monthText } from '../../../../../lib/months.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import { AgreeToReopening, DeclineReopening } from './period-actions.tsx'
import type { Period } from './period-detail.ts'

interface ReopeningProps {
  period: Period
  tenant: Tenant
  mayAct: boolean
}

/** That somebody asks for the month to be reopened, and what another person can do about it. Absent when nobody does. */
export function Reopening({ period, tenant, mayAct }: ReopeningProps) {
  const { reopening, month, edition } = period
  if (reopening == null) return null
  const name = monthText(month)
  return (
    <section
      aria-label="Reopening"
      className="card mb-4 flex flex-wrap items-center gap-x-4 gap-y-3 px-3.5 py-3 sm:px-5"
    >
      <Hourglass size={16} strokeWidth={1.6} aria-hidden className="shrink-0 text-warn" />
      <p className="min-w-0 flex-1 basis-64 break-words">
        {reopening.requestedBy} asked on {momentText(reopening.requestedAt, tenant.timeZone)} for {name} to be reopened:
        “{reopening.reason}”
        <span className="block text-caption text-ink-3">
          {reopening.mayAgree
            ? 'Two people reopen a month: you can agree or decline.'
            : mayAct
              ? 'Two people reopen a month: somebody else has to agree.'
              : 'Finance, administrators and leadership agree or decline.'}
        </span>
      </p>
      {mayAct ? (
        <div className="no-print flex flex-wrap gap-2">
          <DeclineReopening month={month} name={name} isOwn={!reopening.mayAgree} />
          {reopening.mayAgree ? <AgreeToReopening month={month} name={name} edition={edition} /> : null}
        </div>
      ) : null}
    </section>
  )
}
