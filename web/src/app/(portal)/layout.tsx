import type { ReactNode } from 'react'
import { AppShell } from '../../components/shell/app-shell.tsx'
import { alertStanding } from '../../lib/alert-standing.ts'
import { currentViewer, isLimited } from '../../lib/session.ts'
import { readTheme } from '../../lib/theme-server.ts'

/** Every signed-in page. Asking for the viewer here, before anything streams, makes "not signed in" a real redirect. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const [viewer, theme] = await Promise.all([currentViewer(), readTheme()])
  return (
    <AppShell
      viewer={viewer}
      theme={theme}
      alerts={viewer.role === 'CLIENT' || isLimited(viewer) ? null : await alertStanding()}
    >
      {children}
    </AppShell>
  )
}
