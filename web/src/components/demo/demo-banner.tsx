import { mayManageDemo, type Viewer } from '../../lib/session.ts'
import { LeaveDemo } from './leave-demo.tsx'

/** Says on every page of an example that nothing there is real, and removes it for who may. */
export function DemoBanner({ viewer }: { viewer: Viewer }) {
  const here = viewer.memberships.find(({ tenantKey }) => tenantKey === viewer.tenant.key)
  if (here === undefined || !here.isExample) return null
  const owner = viewer.memberships.find(({ tenantKey }) => tenantKey === here.exampleOf)
  return (
    <div
      role="note"
      aria-label="Demo data"
      className="mb-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-card bg-warn-soft px-3.5 py-2 sm:px-5"
    >
      <p className="text-warn">Demo data: none of this is yours, and all of it goes when it is removed.</p>
      {owner === undefined ? null : (
        <LeaveDemo tenantKey={owner.tenantKey} tenantName={owner.tenantName} mayRemove={mayManageDemo(owner.role)} />
      )}
    </div>
  )
}
