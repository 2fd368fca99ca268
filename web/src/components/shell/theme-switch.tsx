'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { THEME_COOKIE, type Theme } from '../../lib/theme.ts'

const CHOICES = [
  { id: 'light', label: 'Light', Icon: Sun },
  { id: 'dark', label: 'Dark', Icon: Moon },
  { id: 'system', label: 'System', Icon: Monitor },
] as const

const YEAR_SECONDS = 31_536_000

function apply(theme: Theme): void {
  const root = document.documentElement
  if (theme === 'system') root.removeAttribute('data-theme')
  else root.setAttribute('data-theme', theme)
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}

export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  return (
    <div className="segment" role="group" aria-label="Theme">
      {CHOICES.map(({ id, label, Icon }) => (
        <button
          key={id}
          type="button"
          aria-pressed={theme === id}
          onClick={() => {
            setTheme(id)
            apply(id)
          }}
        >
          <Icon size={14} strokeWidth={1.4} aria-hidden className="mr-1.5" />
          {label}
        </button>
      ))}
    </div>
  )
}
