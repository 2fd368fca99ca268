import type { ReactNode } from 'react'
import { AppShell } from '../../components/shell/app-shell.tsx'
import { graphql } from '../../generated/gql.ts'
import { alertStanding } from '../../lib/alert-standing.ts'
import { query } from '../../lib/api.ts'
import { brandStyle } from '../../lib/brand-style.ts'
import { currentViewer } from '../../lib/session.ts'
import { readTheme } from '../../lib/theme-server.ts'

const ShellBrandDocument = graphql(`
  query ShellBrand {
    tenant {
      brand {
        light
        dark
      }
    }
  }
`)

/** Every signed-in page. Asking for the viewer here, before anything streams, makes "not signed in" a real redirect. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  // No page begins before its frame is known, so nothing here waits for anything else here.
  const [viewer, theme, alerts] = await Promise.all([currentViewer(), readTheme(), alertStanding()])
  const shell = (
    <AppShell viewer={viewer} theme={theme} alerts={alerts}>
      {children}
    </AppShell>
  )
  if (viewer.role !== 'CLIENT') return shell
  // A client's people see the colours of the firm that works for them.
  const { tenant } = await query(ShellBrandDocument)
  return <div style={brandStyle(tenant.brand ?? null)}>{shell}</div>
}
