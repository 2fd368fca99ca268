import { Check } from 'lucide-react'
import type { ReratingState } from '../../../../../generated/graphql.ts'

const STEPS = ['Choose days', 'Preview', 'Apply', 'Done'] as const

function currentStep(state: ReratingState, isPreviewed: boolean): number {
  switch (state) {
    case 'PREVIEW_QUEUED':
    case 'PREVIEWING':
      return 1
    case 'PREVIEWED':
    case 'STALE':
    case 'APPLY_QUEUED':
    case 'APPLYING':
      return 2
    case 'FAILED':
      return isPreviewed ? 2 : 1
    case 'APPLIED':
      return 3
    default:
      return state satisfies never
  }
}

/** How far one is on the way from choosing days to done. */
export function Steps({ state, isPreviewed }: { state: ReratingState; isPreviewed: boolean }) {
  const current = currentStep(state, isPreviewed)
  return (
    <ol aria-label="Steps" className="no-print mb-4 flex flex-wrap gap-x-5 gap-y-1">
      {STEPS.map((step, index) => {
        const isDone = index < current || state === 'APPLIED'
        return (
          <li
            key={step}
            aria-current={index === current ? 'step' : undefined}
            className={`flex items-center gap-2 ${index === current ? 'font-[550] text-ink' : 'text-ink-3'}`}
          >
            <span
              aria-hidden
              className={`num flex size-5 items-center justify-center rounded-full border text-axis ${
                isDone
                  ? 'border-transparent bg-ok-soft text-ok'
                  : index === current
                    ? 'border-accent text-accent-ink'
                    : 'border-line-2'
              }`}
            >
              {isDone ? <Check size={12} strokeWidth={2} /> : index + 1}
            </span>
            {step}
            <span className="sr-only">{isDone ? ', done' : ''}</span>
          </li>
        )
      })}
    </ol>
  )
}
