import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'
import './globals.css'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { preload } from 'react-dom'
import { FollowLinks } from '../components/shell/follow-links.tsx'
import { SweepLeftovers } from '../components/shell/sweep-leftovers.tsx'
import { readTheme } from '../lib/theme-server.ts'

export const metadata: Metadata = {
  title: { default: 'Outlay', template: '%s · Outlay' },
  description: 'Cost per agent, task and client, exact to the last decimal.',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Else it is asked for when the first text of the page is laid out, and comes after that text has been seen.
  preload(inter, { as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' })
  const theme = await readTheme()
  return (
    <html lang="en-GB" data-theme={theme === 'system' ? undefined : theme}>
      <body>
        {children}
        <FollowLinks />
        <SweepLeftovers />
      </body>
    </html>
  )
}
