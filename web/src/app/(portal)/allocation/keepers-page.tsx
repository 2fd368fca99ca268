import type { ReactNode } from 'react'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../components/ui/not-for-role.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { monthParam } from '../../../lib/months.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { mayKeepRates, type Viewer } from '../../../lib/session.ts'

interface KeepersPageProps {
  title: string
  month: (viewer: Viewer) => string
  /** What it is, for somebody who may not do it. */
  refusal: string
  children: (viewer: Viewer) => Promise<ReactNode>
}

/** A page under Allocation on which something is entered: for those who keep the pools, and for others the reason why not. */
export async function KeepersPage({ title, month, refusal, children }: KeepersPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  return (
    <>
      <PageHeader
        title={title}
        truth={tenantTruth(viewer.tenant)}
        crumbs={[{ label: 'Allocation', href: `/allocation?month=${monthParam(month(viewer))}` }]}
      />
      {mayKeepRates(viewer.role) ? await children(viewer) : <NotForRole>{refusal}</NotForRole>}
    </>
  )
}
