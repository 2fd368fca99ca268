import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { Pager } from '../../../../../components/ui/pager.tsx'
import { eventHref } from '../../../../../components/rating/invocation-facts.ts'
import { dateText } from '../../../../../lib/calendar.ts'
import { countText, currencySymbol, exactText, signedAmountText, signedMoneyText } from '../../../../../lib/format.ts'
import { CORRECTION_CAUSES } from '../../../../../lib/period-close.ts'
import { plural } from '../../../../../lib/plural.ts'
import type { SearchParams } from '../../../../../lib/search-params.ts'
import type { Period } from './period-detail.ts'

interface CorrectionsProps {
  period: Period
  path: string
  params: SearchParams
}

type Correction = Period['corrections']['nodes'][number]

/** What happened to the month after it was closed: when it was used, when it was posted, why, where and how much. */
export function Corrections({ period, path, params }: CorrectionsProps) {
  const { corrections, correctionsPosted, state, edition } = period
  // A month that was never closed has nowhere to post to.
  if (edition === 0) return null
  if (corrections.nodes.length === 0) {
    return (
      <Card id="corrections" title="No correction since the close">
        <EmptyState>
          Late events, re-ratings and corrections of the month will stand here: posted to an open month, with their day
          of use.
        </EmptyState>
      </Card>
    )
  }
  const count = Number(corrections.totalCount)
  return (
    <div id="corrections">
      <Card
        flush
        title={
          state === 'CLOSED' && !corrections.nodes.every((correction) => correction.isReturned)
            ? `${signedMoneyText(correctionsPosted)} posted to open months`
            : `${plural(count, 'correction')} of earlier editions, gone home`
        }
        caption="Each keeps the day it was used on and counts on the day it was posted; the latest first"
      >
        <MiniTable
          label="Corrections"
          heads={[
            { label: 'Used' },
            { label: 'Posted' },
            { label: 'Cause' },
            { label: 'Of' },
            { label: 'Resource' },
            { label: 'Calls', isNumber: true },
            { label: `Amount, ${currencySymbol(correctionsPosted.currency)}`, isNumber: true, isMain: true },
          ]}
          rows={corrections.nodes.map((correction, index) => ({
            id: `${correction.createdAt} ${index}`,
            cells: cellsOf(correction),
          }))}
        />
      </Card>
      <Pager path={path} params={params} noun="corrections" {...corrections.pageInfo} />
    </div>
  )
}

function cellsOf(correction: Correction) {
  const { usageDay, postedDay, cause, reference, resource, invocations, cost, isReturned } = correction
  return [
    <span key="used" className="num">
      {dateText(usageDay, { year: true })}
    </span>,
    <span key="posted" className="num">
      {dateText(postedDay, { year: true })}
    </span>,
    <span key="cause" className="inline-flex flex-wrap items-center gap-1">
      {reference == null ? (
        (CORRECTION_CAUSES[cause] ?? cause)
      ) : (
        <Link href={eventHref(reference)} className="row-link">
          {CORRECTION_CAUSES[cause] ?? cause}
        </Link>
      )}
      {isReturned ? <Badge title="The month was reopened: it counts on its day of use again">went home</Badge> : null}
    </span>,
    <Places key="of" correction={correction} />,
    resource ?? <span className="text-ink-3">none named</span>,
    countText(invocations),
    <span key="amount" className="num font-[550]" title={exactText(cost)}>
      {signedAmountText(cost)}
    </span>,
  ]
}

/** Whose it is: agent, then client and task, as far as they are known. */
function Places({ correction: { agent, client, project, task } }: { correction: Correction }) {
  const below = [client?.name, project?.name, task?.name].filter((name) => name != null)
  return (
    <span className="block min-w-0">
      {agent?.name ?? <span className="text-ink-3">no agent</span>}
      <span className="block max-w-72 truncate text-caption text-ink-3" title={below.join(', ')}>
        {below.join(', ') || 'no client, no task'}
      </span>
    </span>
  )
}
