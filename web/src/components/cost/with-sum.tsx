import type { ReactNode } from 'react'
import type { Basis } from '../../lib/basis.ts'
import type { DateRange } from '../../lib/period.ts'
import type { SearchParams } from '../../lib/search-params.ts'
import { readSum, type SumQuestion } from '../../lib/sum.ts'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { WithPeek } from '../ui/with-peek.tsx'
import { SumPanel, type SumFacts } from './sum-panel.tsx'

interface WithSumProps {
  path: string
  params: SearchParams
  range: DateRange | null
  when: string
  basis: Basis
  timeZone: string
  /** What the page knows of an amount that it shows; null for an address that asks about something else. */
  factsOf: (question: SumQuestion) => SumFacts | null
  /** The panel that stands there while no amount is asked about. */
  panel?: ReactNode
  children: ReactNode
}

/** A page whose amounts show how they are made: the panel stands beside it while the address asks for one. */
export function WithSum({ factsOf, panel = null, children, ...asked }: WithSumProps) {
  const question = readSum(asked.params)
  const facts = question === null ? null : factsOf(question)
  if (question === null || facts === null) return <WithPeek panel={panel}>{children}</WithPeek>
  return (
    <WithPeek
      panel={
        <Section
          key={[question.what, ...question.of.map(({ key }) => key)].join(' ')}
          fallback={<Skeleton className="h-96 w-full rounded-card" />}
        >
          <SumPanel question={question} facts={facts} {...asked} />
        </Section>
      }
    >
      {children}
    </WithPeek>
  )
}
