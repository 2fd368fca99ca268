'use client'

import { Check } from 'lucide-react'
import { Badge } from '../ui/badge.tsx'
import { enterTenant } from '../../lib/enter-tenant.ts'

interface TenantSwitchProps {
  current: string
  tenants: readonly { key: string; name: string; role: string; isDemo: boolean }[]
}

/** The tenants of somebody who belongs to several; choosing one opens the portal of it. */
export function TenantSwitch({ current, tenants }: TenantSwitchProps) {
  return (
    <ul aria-label="Your tenants" className="flex max-h-72 flex-col gap-1 overflow-y-auto border-b border-line pb-3">
      {tenants.map((tenant) => {
        const isCurrent = tenant.key === current
        return (
          <li key={tenant.key}>
            <button
              type="button"
              aria-current={isCurrent ? 'true' : undefined}
              className="flex min-h-8 w-full items-center gap-2 rounded-control px-2 py-1 text-left hover:bg-hover"
              onClick={() => enterTenant(tenant.key)}
            >
              <span className="min-w-0 flex-1">
                <span className="block break-words">{tenant.name}</span>
                <span className="block text-caption text-ink-3">{tenant.role}</span>
              </span>
              {tenant.isDemo ? <Badge>Demo</Badge> : null}
              {isCurrent ? <Check size={14} strokeWidth={2} aria-hidden className="shrink-0 text-accent-ink" /> : null}
            </button>
          </li>
        )
      })}
    </ul>
  )
}
