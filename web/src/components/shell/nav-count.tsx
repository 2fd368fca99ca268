'use client'

import { countText } from '../../lib/format.ts'
import { useLiveAlerts } from '../alert/live-alerts.tsx'

/** How many alerts are open, beside the page that lists them. It counts along. */
export function NavCount() {
  const { open } = useLiveAlerts()
  if (open === 0) return null
  return (
    <span className="num ml-auto rounded-badge bg-bad-soft px-1.5 text-badge font-medium text-bad">
      {countText(open)}
      <span className="sr-only"> open</span>
    </span>
  )
}
