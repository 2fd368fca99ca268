import type { ReactNode } from 'react'
import { AppShell } from '../../components/shell/app-shell.tsx'
import { alertStanding } from '../../lib/alert-standing.ts'
import { currentViewer } from '../../lib/session.ts'
import { readTheme } from '../../lib/theme-server.ts'

/** Every signed-in page. Asking for the viewer here, before anything streams, makes "not signed in" a real redirect. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  // No page begins before its frame is known, so nothing here waits for anything else here.
  const [viewer, theme, alerts] = await Promise.all([currentViewer(), readTheme(), alertStanding()])
  return (
    <AppShell viewer={viewer} theme={theme} alerts={alerts}>
      {children}
    </AppShell>
  )
}
