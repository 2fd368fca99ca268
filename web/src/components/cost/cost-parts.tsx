import type { Money } from '@outlay/domain/money/currency'
import type { ReactNode } from 'react'
import type { FleetPoolsFragment } from '../../generated/graphql.ts'
import { hasBasis } from '../../lib/basis.ts'
import { percentText, pixelsOf, shareOf } from '../../lib/format.ts'
import type { SearchParams } from '../../lib/search-params.ts'
import { Amount } from '../ui/amount.tsx'
import { Card } from '../ui/card.tsx'
import { Link } from '../ui/link.tsx'
import { BasisSwitch } from './basis-switch.tsx'

type PartKind = 'direct' | 'shared' | 'allocated' | 'unallocated'

export interface CostPart {
  kind: PartKind
  /** What it is called here, when its usual name is not enough. */
  label?: string
  note?: ReactNode
  /** null: not known, for this reason. */
  money: Money | null
  reason?: string
  href?: string
  /** Where its arithmetic is shown. */
  sumHref?: string
}

/** How each part is named and drawn. What no agent bears is hatched: it is there, and nobody's. */
const LOOKS: Readonly<Record<PartKind, { label: string; className: string; background?: string }>> = {
  direct: { label: 'Direct', className: '', background: 'var(--accent)' },
  shared: { label: 'Chain-shared', className: '', background: 'var(--chart-compare)' },
  allocated: {
    label: 'Allocated',
    className: '',
    background: 'color-mix(in srgb, var(--accent) 45%, var(--surface))',
  },
  unallocated: { label: 'Unallocated', className: 'hatch' },
}

interface CostPartsProps {
  parts: readonly CostPart[]
  total: Money
  heading: string
  caption: string
  path: string
  params: SearchParams
  facts: FleetPoolsFragment
  /** Where the arithmetic of the sum is shown. */
  sumHref?: string
  /** What the sum of the parts is called, when it is not the fully loaded cost. */
  totalLabel?: string
  /** A line under the parts: what is in none of them. */
  children?: ReactNode
}

/** The parts of a cost as one bar, each with its amount, and the sum they make; with the switch of what unit costs are reckoned on. */
export function CostParts(props: CostPartsProps) {
  const { parts, total, heading, caption, path, params, facts, sumHref, totalLabel = 'Fully loaded', children } = props
  const known = parts.flatMap(({ kind, money }) => (money === null ? [] : [{ kind, amount: money.amount }]))
  return (
    <Card
      className="mb-4"
      title={heading}
      caption={caption}
      actions={
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="no-print text-caption text-ink-3">Unit costs and margins</span>
          <BasisSwitch path={path} params={params} facts={facts} />
        </span>
      }
    >
      <PartsBar parts={known} className="h-3" />
      <dl className="mt-3 grid grid-cols-2 gap-x-6 gap-y-3 sm:flex sm:flex-wrap">
        {parts.map((part, index) => (
          <Part key={part.kind} part={part} total={total} sign={index === 0 ? '' : '+'} />
        ))}
        <div className="min-w-0 sm:ml-auto sm:text-right">
          <dt className="text-caption text-ink-2">
            <span aria-hidden className="mr-1.5 text-ink-3">
              =
            </span>
            {totalLabel}
          </dt>
          <dd className="text-card font-semibold">
            <Amount money={total} as="text" sumHref={sumHref} />
          </dd>
        </div>
      </dl>
      {children}
    </Card>
  )
}

function Part({ part, total, sign }: { part: CostPart; total: Money; sign: string }) {
  const { kind, money, reason = '', note, href, sumHref } = part
  const look = LOOKS[kind]
  const label = part.label ?? look.label
  const share = money === null ? null : shareOf(money.amount, total.amount)
  return (
    <div className="min-w-0 sm:min-w-28">
      <dt className={`flex items-center gap-1.5 text-caption text-ink-2 ${href === undefined ? '' : 'mb-1'}`}>
        <span aria-hidden className="text-ink-3 empty:hidden">
          {sign}
        </span>
        <span
          aria-hidden
          className={`inline-block size-2 shrink-0 rounded-bar ${look.className}`}
          style={{ background: look.background }}
        />
        {href === undefined ? (
          label
        ) : (
          <Link href={href} className="row-link inline-flex min-h-6 items-center">
            {label}
          </Link>
        )}
      </dt>
      <dd>
        <Amount money={money} as="text" reason={reason} sumHref={sumHref} className="text-card font-[550]" />
        <span className="block text-caption text-ink-3">
          {share === null || share.startsWith('-') ? null : percentText(share)}
          {note === undefined ? null : <> {note}</>}
        </span>
      </dd>
    </div>
  )
}

/** Amounts beside each other on one scale. Amounts below zero take no room; they stand beside the bar as numbers. */
export function PartsBar({
  parts,
  className,
}: {
  parts: readonly { kind: PartKind; amount: string }[]
  className: string
}) {
  const lengths = parts.map(({ kind, amount }) => ({ kind, length: Math.max(0, pixelsOf(amount)) }))
  const whole = lengths.reduce((sum, { length }) => sum + length, 0)
  return (
    <span aria-hidden className={`flex gap-px overflow-hidden rounded-bar bg-sunken ${className}`}>
      {lengths.map(({ kind, length }) =>
        length === 0 ? null : (
          <span
            key={kind}
            className={LOOKS[kind].className}
            style={{ width: `${(length / whole) * 100}%`, minWidth: 2, background: LOOKS[kind].background }}
          />
        ),
      )}
    </span>
  )
}

/** Whether a page shows the parts: where pools exist, or where the address asks for a basis. */
export function showsParts(hasPools: boolean, params: SearchParams): boolean {
  return hasPools || hasBasis(params)
}
