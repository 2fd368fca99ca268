import { KeyRound } from 'lucide-react'
import { roleName } from '../../lib/roles.ts'
import type { Viewer } from '../../lib/session.ts'
import type { Theme } from '../../lib/theme.ts'
import { Link } from '../ui/link.tsx'
import { SignOutButton } from './sign-out-button.tsx'
import { TenantSwitch } from './tenant-switch.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter(Boolean)
  return ((words[0]?.[0] ?? '') + (words[1]?.[0] ?? '')).toUpperCase()
}

export function displayName(viewer: Viewer): string {
  return viewer.name ?? viewer.email ?? 'Signed in'
}

export function Avatar({ viewer }: { viewer: Viewer }) {
  return (
    <span className="flex size-6 shrink-0 items-center justify-center rounded-full border border-line bg-sunken text-[10px] leading-none font-[550] text-ink-2">
      {initials(displayName(viewer))}
    </span>
  )
}

/** The tenants of who has several, account, theme and sign-out, behind the visitor's name. */
export function AccountPanel({ viewer, theme }: { viewer: Viewer; theme: Theme }) {
  const tenants = viewer.memberships.map(({ tenantKey, tenantName, role, isDemo }) => ({
    key: tenantKey,
    name: tenantName,
    role: roleName(role),
    isDemo,
  }))
  return (
    <div className="flex flex-col gap-3">
      {tenants.length < 2 ? null : <TenantSwitch current={viewer.tenant.key} tenants={tenants} />}
      <Link href="/settings/account" className="control w-full">
        <KeyRound size={16} strokeWidth={1.4} aria-hidden />
        Account
      </Link>
      <ThemeSwitch initial={theme} />
      <SignOutButton />
    </div>
  )
}

export function AccountMenu({ viewer, theme }: { viewer: Viewer; theme: Theme }) {
  return (
    <details className="relative">
      <summary className="flex items-center gap-2.5 px-4 py-3 hover:bg-hover">
        <Avatar viewer={viewer} />
        <span className="min-w-0">
          <span className="block truncate font-[550]">{displayName(viewer)}</span>
          <span className="block truncate text-caption text-ink-3">{roleName(viewer.role)}</span>
        </span>
      </summary>
      <div className="popover bottom-full left-2 mb-1">
        <AccountPanel viewer={viewer} theme={theme} />
      </div>
    </details>
  )
}
