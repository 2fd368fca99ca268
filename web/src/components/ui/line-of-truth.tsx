import type { LucideIcon } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { Badge } from './badge.tsx'
import { Link } from './link.tsx'

export interface Truth {
  text: ReactNode
  href?: string
  title?: string
  /** A state of what is shown, set off from the facts around it. */
  BadgeIcon?: LucideIcon
}

/** What the page rests on, each part a link to what proves it. */
export function LineOfTruth({ parts }: { parts: readonly Truth[] }) {
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-caption text-ink-2">
      <span aria-hidden className="mr-0.5 size-1.5 rounded-full bg-ok" />
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index === 0 ? null : (
            <span aria-hidden className="text-ink-3">
              ·
            </span>
          )}
          {part.href === undefined ? (
            <span title={part.title}>{part.text}</span>
          ) : (
            <Link
              href={part.href}
              title={part.title}
              className="inline-flex min-h-6 items-center underline decoration-line-2 decoration-dotted underline-offset-4 hover:text-ink"
            >
              {part.BadgeIcon === undefined ? part.text : <Badge Icon={part.BadgeIcon}>{part.text}</Badge>}
            </Link>
          )}
        </Fragment>
      ))}
    </p>
  )
}
