import { Check, TriangleAlert } from 'lucide-react'
import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { CopyButton } from '../../../../../components/ui/copy-button.tsx'
import { EmptyState } from '../../../../../components/ui/empty-state.tsx'
import { currencySymbol } from '../../../../../lib/format.ts'
import { itemText } from '../../../../../lib/period-close.ts'
import { plural } from '../../../../../lib/plural.ts'
import { fullyLoadedOf } from '../../../../../lib/fleet-pools.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import type { Edition, Period } from './period-detail.ts'

/** So much of a hash tells two apart at a glance; all of it is in its title and on the clipboard. */
const HASH_SHOWN = 12

/** The editions of a month, the latest first. None is ever changed; a later close makes another. */
export function Editions({ period: { snapshots, state }, tenant }: { period: Period; tenant: Tenant }) {
  const symbol = currencySymbol(tenant.currency)
  if (snapshots.length === 0) {
    return (
      <Card id="editions" title="No edition yet" caption="What a month came to when it was closed">
        <EmptyState>
          The close will write an edition here: totals by agent, client, project and task under one hash.
        </EmptyState>
      </Card>
    )
  }
  return (
    <Card
      flush
      id="editions"
      title={`${plural(snapshots.length, 'edition')}${state === 'CLOSED' ? '' : ', and open again'}`}
      caption="Each is written once; its hash is the sha256 over its totals and all its rows"
    >
      <MiniTable
        label="Editions"
        heads={[
          { label: 'Edition' },
          { label: 'Closed' },
          { label: `Attributed and allocated, ${symbol}`, isNumber: true },
          { label: `Unallocated, ${symbol}`, isNumber: true },
          { label: `Fully loaded, ${symbol}`, isNumber: true, isMain: true },
          { label: `Billed, ${symbol}`, isNumber: true },
          { label: 'Accepted' },
          { label: 'Hash' },
        ]}
        rows={snapshots.map((edition) => ({ id: String(edition.edition), cells: cellsOf(edition, tenant.timeZone) }))}
      />
    </Card>
  )
}

function cellsOf(edition: Edition, timeZone: string) {
  const { hash, isIntact, accepted } = edition
  return [
    <span key="edition" className="font-[550] whitespace-nowrap">
      Edition {edition.edition}
    </span>,
    <span key="closed">
      <span className="num">{momentText(edition.closedAt, timeZone)}</span>
      <span className="block text-caption break-words text-ink-3">{edition.closedBy}</span>
    </span>,
    <Amount key="total" money={edition.cost.total} />,
    <Amount key="unallocated" money={edition.unallocated} />,
    <Amount key="loaded" money={fullyLoadedOf(edition)} className="font-[550]" />,
    <Amount key="revenue" money={edition.revenue} reason="No task completed in the month was billed" />,
    accepted.length === 0 ? (
      <span key="accepted" className="text-ink-3">
        nothing
      </span>
    ) : (
      <ul key="accepted" className="max-w-72 min-w-0">
        {byReason(accepted).map(([reason, items]) => (
          <li key={reason} className="text-caption break-words">
            <span className="text-ink-3">{items.map(itemText).join(', ')}:</span> {reason}
          </li>
        ))}
      </ul>
    ),
    <span key="hash" className="inline-flex flex-wrap items-center gap-x-2">
      <code className="font-mono text-caption" title={hash}>
        {hash.slice(0, HASH_SHOWN)}
      </code>
      {isIntact ? (
        <Badge tone="ok" Icon={Check} title="What is stored still makes the hash">
          intact
        </Badge>
      ) : (
        <Badge tone="bad" Icon={TriangleAlert}>
          does not make its hash
        </Badge>
      )}
      <CopyButton text={hash} label="Copy hash" plain />
    </span>,
  ]
}

/** Checks that were accepted for one reason are named together. */
function byReason(accepted: Edition['accepted']): [reason: string, items: string[]][] {
  const items = new Map<string, string[]>()
  for (const { item, reason } of accepted) items.set(reason, [...(items.get(reason) ?? []), item])
  return [...items]
}
