'use client'

import { useState } from 'react'
import { enterTenant } from '../../lib/enter-tenant.ts'
import { removeDemoData } from '../../lib/remove-demo-data.ts'
import { Refusal } from '../form/refusal.tsx'

interface LeaveDemoProps {
  /** Of the tenant whose example this is. */
  tenantKey: string
  tenantName: string
  mayRemove: boolean
}

/** Back to the tenant that the example was made for, leaving it there or removing it. */
export function LeaveDemo({ tenantKey, tenantName, mayRemove }: LeaveDemoProps) {
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function remove(): Promise<void> {
    setBusy(true)
    const message = await removeDemoData(tenantKey)
    if (message === null) return enterTenant(tenantKey)
    setRefusal(message)
    setBusy(false)
  }

  return (
    <div className="no-print flex flex-wrap items-center gap-2">
      <Refusal text={refusal} />
      <button type="button" className="control h-auto min-h-8 whitespace-normal" onClick={() => enterTenant(tenantKey)}>
        Back to {tenantName}
      </button>
      {mayRemove ? (
        <button type="button" className="control" disabled={isBusy} onClick={() => void remove()}>
          {isBusy ? 'Removing…' : 'Remove'}
        </button>
      ) : null}
    </div>
  )
}
