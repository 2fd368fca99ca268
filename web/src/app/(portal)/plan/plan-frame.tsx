import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { NotForRole } from '../../../components/ui/not-for-role.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { mayPlan, PLAN_GROUPS, readGroup, type PlanGroup } from '../../../lib/plan.ts'
import { tenantTruth } from '../../../lib/page-context.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import type { Viewer } from '../../../lib/session.ts'

/** Who reads plans; null with what the page says `instead` to who does not. */
export async function planViewer(
  title: string,
): Promise<{ viewer: Viewer; instead: null } | { viewer: null; instead: ReactNode }> {
  const viewer = await staffViewer()
  if (viewer === null) return { viewer, instead: <HiddenByRole /> }
  if (mayPlan(viewer.role)) return { viewer, instead: null }
  const instead = (
    <>
      <PageHeader title={title} truth={tenantTruth(viewer.tenant)} />
      <NotForRole>Plans are made and read by leadership, administrators and Finance.</NotForRole>
    </>
  )
  return { viewer: null, instead }
}

export interface PlanPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParams>
}

/** What the address of a page of one plan asks for. */
export async function askedOfPlan({ params, searchParams }: PlanPageProps): Promise<{
  id: string
  /** Of the plan itself. */
  path: string
  asked: SearchParams
  by: PlanGroup
}> {
  const [{ id: given }, asked] = await Promise.all([params, searchParams])
  const id = decodeURIComponent(given)
  if (!/^pln_[0-9a-z]{26}$/.test(id)) notFound()
  return { id, path: `/plan/${encodeURIComponent(id)}`, asked, by: readGroup(first(asked.by)) }
}

/** The month that is asked for, else the first of the plan. */
export function monthWithin({ from, to }: { from: string; to: string }, month: string | null): string {
  return month !== null && month >= from && month < to ? month : from
}

/** How the lines of a plan are put together. */
export function GroupSwitch({ path, params, by }: { path: string; params: SearchParams; by: PlanGroup }) {
  return (
    <nav aria-label="Rows" className="segment">
      {Object.entries(PLAN_GROUPS).map(([group, label]) => (
        <Link
          key={group}
          href={hrefWith(path, params, { by: group === 'CLIENT' ? null : group.toLowerCase() })}
          aria-current={group === by ? 'true' : undefined}
          scroll={false}
        >
          {label}
        </Link>
      ))}
    </nav>
  )
}

/** What the first column of a table by this is called. */
export function groupHead(by: PlanGroup): string {
  return PLAN_GROUPS[by].slice(3).replace(/^./, (letter) => letter.toUpperCase())
}
