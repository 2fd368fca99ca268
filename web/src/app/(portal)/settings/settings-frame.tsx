import type { ReactNode } from 'react'
import { SETTINGS_PAGES } from '../../../components/shell/nav-items.ts'
import { Link } from '../../../components/ui/link.tsx'
import type { Truth } from '../../../components/ui/line-of-truth.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import type { Viewer } from '../../../lib/session.ts'

interface SettingsFrameProps {
  title: string
  /** Which of the pages under Settings this is. */
  path: (typeof SETTINGS_PAGES)[number]['href']
  viewer: Viewer
  actions?: ReactNode
  truth: readonly Truth[]
  children: ReactNode
}

/** The head of every page of settings: title, line of truth, and the way to the others. */
export function SettingsFrame({ title, path, viewer, actions, truth, children }: SettingsFrameProps) {
  return (
    <>
      <PageHeader title={title} truth={truth} actions={actions} />
      {/* A client's people have their account only. */}
      {viewer.role === 'CLIENT' ? null : (
        <nav aria-label="Settings" className="segment no-print mb-4">
          {SETTINGS_PAGES.map((page) => (
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
