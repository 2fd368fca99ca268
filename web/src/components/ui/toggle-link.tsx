'use client'

import { Link } from './link.tsx'
import type { ReactNode } from 'react'

interface ToggleLinkProps {
  href: string
  role: 'switch' | 'checkbox'
  isOn: boolean
  title?: string
  className?: string
  children: ReactNode
}

/** A link that turns something on or off by address. Space works as it does on a real switch. */
export function ToggleLink({ href, role, isOn, title, className, children }: ToggleLinkProps) {
  return (
    <Link
      href={href}
      role={role}
      aria-checked={isOn}
      title={title}
      className={className}
      scroll={false}
      replace
      onKeyDown={(event) => {
        if (event.key !== ' ') return
        event.preventDefault()
        event.currentTarget.click()
      }}
    >
      {children}
    </Link>
  )
}
