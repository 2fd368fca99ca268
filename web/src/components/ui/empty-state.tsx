import type { ReactNode } from 'react'
import { CodeBlock } from './code-block.tsx'

interface EmptyStateProps {
  /** One sentence: what will appear here. */
  children: ReactNode
  /** The one command that fills it. */
  command?: { label: string; code: string } | undefined
}

export function EmptyState({ children, command }: EmptyStateProps) {
  return (
    <div className="max-w-[720px] py-2">
      <p className="text-ink-2">{children}</p>
      {command === undefined ? null : (
        <div className="mt-3">
          <CodeBlock code={command.code} label={command.label} />
        </div>
      )}
    </div>
  )
}
