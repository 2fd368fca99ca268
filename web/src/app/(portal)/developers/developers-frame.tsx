import type { ReactNode } from 'react'
import { DEVELOPER_PAGES } from '../../../components/shell/nav-items.ts'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { tenantTruth } from '../../../lib/page-context.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import type { Viewer } from '../../../lib/session.ts'

interface DevelopersPageProps {
  title: string
  /** Which of the pages under Developers this is. */
  path: (typeof DEVELOPER_PAGES)[number]['href']
  children: (viewer: Viewer) => ReactNode
}

/** A page for who connects programs: title, line of truth, the way to the others, and for a client's people the word that it is not theirs. */
export async function DevelopersFrame({ title, path, children }: DevelopersPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  return (
    <>
      <PageHeader title={title} truth={tenantTruth(viewer.tenant)} />
      <nav aria-label="Developers" className="segment no-print mb-4">
        {DEVELOPER_PAGES.map((page) => (
          <Link key={page.href} href={page.href} aria-current={page.href === path ? 'page' : undefined}>
            {page.label}
          </Link>
        ))}
      </nav>
      {children(viewer)}
    </>
  )
}
