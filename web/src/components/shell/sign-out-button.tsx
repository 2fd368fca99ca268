'use client'

import { LogOut } from 'lucide-react'
import { useState } from 'react'

export function SignOutButton() {
  const [isBusy, setBusy] = useState(false)
  async function signOut(): Promise<void> {
    setBusy(true)
    await fetch('/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }).catch(() => null)
    // A whole new document: nothing of the last visitor stays in memory.
    window.location.assign('/login')
  }
  return (
    <button type="button" className="control w-full" disabled={isBusy} onClick={() => void signOut()}>
      <LogOut size={16} strokeWidth={1.4} aria-hidden />
      Sign out
    </button>
  )
}
