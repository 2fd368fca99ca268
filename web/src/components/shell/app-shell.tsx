import { Menu } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import { Suspense, type ReactNode } from 'react'
import type { AlertStanding } from '../../lib/alert-standing.ts'
import { isLimited, type Viewer } from '../../lib/session.ts'
import type { Theme } from '../../lib/theme.ts'
import { DemoBanner } from '../demo/demo-banner.tsx'
import { LiveAlerts } from '../alert/live-alerts.tsx'
import { AccountMenu, AccountPanel, Avatar, displayName } from './account-menu.tsx'
import { CloseOnNavigate } from './close-on-navigate.tsx'
import { Keyboard } from './keyboard.tsx'
import { Logo } from './logo.tsx'
import type { Audience } from './nav-items.ts'
import { NavLinks } from './nav-links.tsx'
import { PaletteButton } from './palette-button.tsx'

interface ShellProps {
  viewer: Viewer
  theme: Theme
  /** How alerts stand; null for those who see none. */
  alerts: AlertStanding | null
  children: ReactNode
}

/** The frame of every page: the sidebar of 216 px, or on a phone a top bar. */
export function AppShell({ alerts, ...props }: ShellProps) {
  return alerts === null ? (
    <Frame {...props} />
  ) : (
    <LiveAlerts standing={alerts}>
      <Frame {...props} />
    </LiveAlerts>
  )
}

function Frame({ viewer, theme, children }: Omit<ShellProps, 'alerts'>) {
  const audience: Audience = viewer.role === 'CLIENT' ? 'CLIENT' : isLimited(viewer) ? 'LIMITED' : 'STAFF'
  return (
    <div className="min-h-dvh md:pl-[216px] print:pl-0">
      <a href="#main" className="no-print control fixed top-2 left-2 z-50 -translate-y-20 focus:translate-y-0">
        Skip to the content
      </a>
      <aside className="no-print fixed inset-y-0 left-0 hidden w-[216px] flex-col border-r border-line bg-bg md:flex">
        <div className="px-3 pt-2.5">
          <Link href="/" className="flex h-8 items-center gap-2 px-2 font-semibold">
            <Logo />
            <span className="truncate">{viewer.tenant.name}</span>
          </Link>
          {audience === 'CLIENT' ? null : <PaletteButton />}
        </div>
        <nav aria-label="Pages" className="flex-1 overflow-y-auto px-3 pt-4">
          <Suspense>
            <NavLinks audience={audience} />
          </Suspense>
        </nav>
        <div className="border-t border-line">
          <AccountMenu viewer={viewer} theme={theme} />
        </div>
      </aside>
      <TopBar viewer={viewer} theme={theme} audience={audience} />
      <main id="main" tabIndex={-1} className="print-plain px-4 pt-5 pb-10 outline-none sm:px-6 md:px-8 md:pt-6">
        <DemoBanner viewer={viewer} />
        {viewer.clients == null ? null : (
          <p className="mb-3 text-caption text-ink-3">
            Limited to {viewer.clients.map(({ name }) => name).join(', ') || 'no client'}
          </p>
        )}
        {children}
      </main>
      <Suspense>
        <CloseOnNavigate />
        <Keyboard audience={audience} />
      </Suspense>
    </div>
  )
}

function TopBar({ viewer, theme, audience }: Omit<ShellProps, 'children' | 'alerts'> & { audience: Audience }) {
  return (
    <header className="no-print sticky top-0 z-20 flex h-14 items-center gap-1 border-b border-line bg-bg px-2 md:hidden">
      <details data-menu className="group">
        <summary aria-label="Pages" className="flex size-11 items-center justify-center rounded-control">
          <Menu size={20} strokeWidth={1.4} aria-hidden />
        </summary>
        <nav aria-label="Pages, on a phone" className="popover inset-x-2 top-14 mt-0">
          <Suspense>
            <NavLinks audience={audience} />
          </Suspense>
        </nav>
      </details>
      <Link href="/" className="flex h-11 min-w-0 flex-1 items-center gap-2 font-semibold">
        <Logo size={22} />
        <span className="truncate">{viewer.tenant.name}</span>
      </Link>
      {audience === 'CLIENT' ? null : <PaletteButton compact />}
      <details data-menu>
        <summary className="flex size-11 items-center justify-center">
          <Avatar viewer={viewer} />
          <span className="sr-only">, account of {displayName(viewer)}</span>
        </summary>
        <div className="popover top-14 right-2 mt-0">
          <AccountPanel viewer={viewer} theme={theme} />
        </div>
      </details>
    </header>
  )
}
