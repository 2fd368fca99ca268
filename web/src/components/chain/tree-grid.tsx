'use client'

import {
  ArrowUp,
  Box,
  ChevronDown,
  ChevronRight,
  Circle,
  Database,
  Link2,
  Route,
  SquareCheck,
  Waypoints,
  Wrench,
  type LucideIcon,
} from 'lucide-react'
import { Link } from '../ui/link.tsx'
import { useRouter } from 'next/navigation'
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { ChainRow, RowBadge, RowBar, RowIcon } from '../../lib/chain.ts'
import { Badge } from '../ui/badge.tsx'

interface TreeGridProps {
  label: string
  symbol: string
  rows: readonly ChainRow[]
  ticks: readonly { at: number; text: string }[]
  openId: string | null
  footer: { name: string; self: string; subtree: string }
  check: { text: string; isEqual: boolean; title: string }
  /** A wide time axis and no amounts: the Timeline face of the same tree. */
  isTimeline?: boolean
}

/** Above this many rows a chain starts folded at its second level. */
const FOLD_ABOVE = 300

const ICONS: Readonly<Record<RowIcon, LucideIcon>> = {
  task: SquareCheck,
  trace: Route,
  agent: Waypoints,
  model: Box,
  tool: Wrench,
  data: Database,
  other: Circle,
}

function parentsOf(rows: readonly ChainRow[]): Set<string> {
  return new Set(rows.flatMap((row) => (row.parentId === null ? [] : [row.parentId])))
}

/** The rows not hidden by a folded ancestor. Parents come before their children. */
function visibleRows(rows: readonly ChainRow[], folded: ReadonlySet<string>): ChainRow[] {
  const hidden = new Set<string>()
  return rows.filter((row) => {
    const isHidden = row.parentId !== null && (hidden.has(row.parentId) || folded.has(row.parentId))
    if (isHidden) hidden.add(row.id)
    return !isHidden
  })
}

/**
 * The chain as a tree-grid. One row takes part in the Tab order; arrows move, → opens, ← folds or goes to the parent, Home and End jump,
 * Enter shows the arithmetic.
 */
export function TreeGrid(props: TreeGridProps) {
  const { rows, isTimeline = false } = props
  const router = useRouter()
  const table = useRef<HTMLTableElement>(null)
  const parents = useMemo(() => parentsOf(rows), [rows])
  const [folded, setFolded] = useState<ReadonlySet<string>>(
    () =>
      new Set(
        rows.length > FOLD_ABOVE
          ? rows.filter((row) => row.level >= 2 && parents.has(row.id)).map((row) => row.id)
          : [],
      ),
  )
  const visible = useMemo(() => visibleRows(rows, folded), [rows, folded])
  const [activeId, setActiveId] = useState(props.openId ?? rows[0]?.id ?? '')
  const active = visible.some((row) => row.id === activeId) ? activeId : (visible[0]?.id ?? '')
  const siblings = useMemo(() => positions(rows), [rows])

  function fold(id: string, isFolded: boolean): void {
    setFolded((now) => {
      const next = new Set(now)
      if (isFolded) next.add(id)
      else next.delete(id)
      return next
    })
  }

  function focusRow(id: string | undefined): void {
    if (id === undefined) return
    setActiveId(id)
    table.current?.querySelector<HTMLTableRowElement>(`tr[data-row="${CSS.escape(id)}"]`)?.focus()
  }

  function onKeyDown(event: KeyboardEvent<HTMLTableRowElement>, row: ChainRow): void {
    if (event.target !== event.currentTarget) return
    const index = visible.findIndex((one) => one.id === row.id)
    const isParent = parents.has(row.id)
    const actions: Record<string, () => void> = {
      ArrowDown: () => focusRow(visible[index + 1]?.id),
      ArrowUp: () => focusRow(visible[index - 1]?.id),
      Home: () => focusRow(visible[0]?.id),
      End: () => focusRow(visible.at(-1)?.id),
      ArrowRight: () => {
        if (isParent && folded.has(row.id)) fold(row.id, false)
        else if (isParent) focusRow(visible[index + 1]?.id)
      },
      ArrowLeft: () => {
        if (isParent && !folded.has(row.id)) fold(row.id, true)
        else focusRow(row.parentId ?? undefined)
      },
      Enter: () => {
        if (row.href !== null) router.push(row.href, { scroll: false })
      },
    }
    const action = actions[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  return (
    <div className="relative overflow-x-auto">
      <table
        ref={table}
        role="treegrid"
        aria-label={props.label}
        className="w-full border-collapse [--indent:20px] max-sm:[--indent:8px] sm:min-w-[600px]"
      >
        <thead>
          <tr role="row" className="h-8 text-caption text-ink-3">
            <th
              role="columnheader"
              scope="col"
              className={`pl-4 text-left font-normal sm:pl-5 ${isTimeline ? 'w-[44%]' : 'w-full sm:w-[57%]'}`}
            >
              Agent or call
            </th>
            {isTimeline ? null : (
              <>
                <th
                  role="columnheader"
                  scope="col"
                  className="px-2 text-right font-normal whitespace-nowrap max-sm:hidden"
                >
                  Self, {props.symbol}
                </th>
                <th role="columnheader" scope="col" className="px-2 text-right font-normal whitespace-nowrap">
                  Subtree, {props.symbol}
                </th>
              </>
            )}
            <th
              role="columnheader"
              scope="col"
              className={`pr-4 pl-2 text-left font-normal sm:pr-5 ${isTimeline ? 'w-[56%]' : 'w-[24%] max-sm:hidden'}`}
            >
              <span className="sr-only">Time since the start</span>
              <span aria-hidden className="num relative block h-4 text-axis">
                {props.ticks.map((tick) => (
                  <span
                    key={tick.at}
                    className={`absolute ${tick.at === 0 ? '' : '-translate-x-1/2'}`}
                    style={{ left: `${tick.at * 100}%` }}
                  >
                    {tick.text}
                  </span>
                ))}
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {visible.map((row) => {
            const isParent = parents.has(row.id)
            const place = siblings.get(row.id)
            return (
              <tr
                key={row.id}
                role="row"
                data-row={row.id}
                data-peek
                aria-level={row.level}
                aria-posinset={place?.index}
                aria-setsize={place?.count}
                aria-expanded={isParent ? !folded.has(row.id) : undefined}
                aria-selected={row.href === null ? undefined : props.openId === row.id}
                tabIndex={row.id === active ? 0 : -1}
                onFocus={() => setActiveId(row.id)}
                onKeyDown={(event) => onKeyDown(event, row)}
                className={`h-[41px] border-t border-line focus-visible:-outline-offset-2 ${
                  props.openId === row.id ? 'bg-accent-soft [box-shadow:inset_2px_0_var(--accent)]' : 'hover:bg-hover'
                }`}
              >
                <NameCell
                  row={row}
                  isParent={isParent}
                  isFolded={folded.has(row.id)}
                  onFold={(to) => fold(row.id, to)}
                />
                {isTimeline ? null : (
                  <>
                    <AmountCell
                      value={row.self}
                      isMuted={row.isMuted || row.self.text === '0'}
                      className="max-sm:hidden"
                    />
                    <AmountCell value={row.subtree} isMuted={row.isMuted} isStrong={row.isStrong} />
                  </>
                )}
                <td role="gridcell" className={`py-0 pr-4 pl-2 sm:pr-5 ${isTimeline ? '' : 'max-sm:hidden'}`}>
                  {row.bar === null ? null : <TimeBar bar={row.bar} row={row} ticks={props.ticks} />}
                </td>
              </tr>
            )
          })}
        </tbody>
        <tfoot>
          <tr role="row" className="h-[45px] border-t border-line-2 font-semibold">
            <th role="rowheader" scope="row" className="pl-4 text-left sm:pl-5">
              {props.footer.name}
              {isTimeline ? null : (
                <span className="block pb-2 sm:hidden">
                  <CheckBadge check={props.check} />
                </span>
              )}
            </th>
            {isTimeline ? null : (
              <>
                <td role="gridcell" className="num px-2 text-right max-sm:hidden">
                  {props.footer.self}
                </td>
                <td role="gridcell" className="num px-2 text-right">
                  {props.footer.subtree}
                </td>
              </>
            )}
            <td role="gridcell" className={`pr-4 text-right sm:pr-5 ${isTimeline ? '' : 'max-sm:hidden'}`}>
              <CheckBadge check={props.check} />
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}

function CheckBadge({ check }: { check: TreeGridProps['check'] }) {
  return (
    <Badge tone={check.isEqual ? 'ok' : 'warn'} title={check.title}>
      {check.isEqual ? '✓ ' : ''}
      {check.text}
    </Badge>
  )
}

function positions(rows: readonly ChainRow[]): Map<string, { index: number; count: number }> {
  const groups = new Map<string | null, string[]>()
  for (const row of rows) {
    const group = groups.get(row.parentId)
    if (group === undefined) groups.set(row.parentId, [row.id])
    else group.push(row.id)
  }
  const places = new Map<string, { index: number; count: number }>()
  for (const ids of groups.values()) ids.forEach((id, index) => places.set(id, { index: index + 1, count: ids.length }))
  return places
}

interface NameCellProps {
  row: ChainRow
  isParent: boolean
  isFolded: boolean
  onFold: (isFolded: boolean) => void
}

function NameCell({ row, isParent, isFolded, onFold }: NameCellProps) {
  const Icon = ICONS[row.icon]
  const Chevron = isFolded ? ChevronRight : ChevronDown
  return (
    <td role="gridcell" className="relative h-[41px] max-w-0 overflow-hidden py-0 pr-2 pl-3">
      {Array.from({ length: row.level - 1 }, (_, index) => (
        <span
          key={index}
          aria-hidden
          className="absolute inset-y-0 w-px bg-line"
          style={{ left: `calc(28px + var(--indent) * ${index})` }}
        />
      ))}
      <span className="flex items-center gap-2" style={{ paddingLeft: `calc(var(--indent) * ${row.level - 1})` }}>
        {isParent ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`${isFolded ? 'Open' : 'Fold'} ${row.name}`}
            onClick={() => onFold(!isFolded)}
            className="flex size-8 shrink-0 items-center justify-center rounded-badge text-ink-3 hover:text-ink"
          >
            <Chevron size={14} strokeWidth={1.6} aria-hidden />
          </button>
        ) : (
          <span className="w-8 shrink-0" />
        )}
        <Icon size={15} strokeWidth={1.4} aria-hidden className="-ml-1.5 shrink-0" style={{ color: row.colour }} />
        <span className="min-w-0 sm:contents">
          {row.href === null ? (
            <span className={`sm:whitespace-nowrap ${row.isStrong ? 'font-[550]' : ''}`}>{row.name}</span>
          ) : (
            <Link
              href={row.href}
              scroll={false}
              tabIndex={-1}
              className={`inline-flex min-h-8 items-center hover:underline sm:whitespace-nowrap ${row.isStrong ? 'font-[550]' : ''} ${row.isMuted ? 'text-ink-3' : ''}`}
            >
              {row.name}
            </Link>
          )}
          {row.detail === '' ? null : (
            <span className="truncate text-caption text-ink-3 max-sm:hidden">{row.detail}</span>
          )}
          {row.badges.map((badge) => (
            <span key={badge.text} className="shrink-0 max-sm:block max-sm:pb-1.5">
              <RowMark badge={badge} />
            </span>
          ))}
        </span>
      </span>
    </td>
  )
}

function RowMark({ badge }: { badge: RowBadge }) {
  const Icon = badge.mark === 'link' ? Link2 : badge.mark === 'up' ? ArrowUp : undefined
  return (
    <Badge tone={badge.tone} title={badge.title} {...(Icon === undefined ? {} : { Icon })}>
      {badge.text}
    </Badge>
  )
}

interface AmountCellProps {
  value: ChainRow['self']
  isMuted: boolean
  isStrong?: boolean
  className?: string
}

function AmountCell({ value, isMuted, isStrong = false, className = '' }: AmountCellProps) {
  return (
    <td
      role="gridcell"
      title={value.title}
      className={`num px-2 text-right ${isStrong ? 'font-[550]' : ''} ${isMuted ? 'text-ink-3' : ''} ${className}`}
    >
      {value.text}
      {value.text === 'n/a' ? <span className="sr-only">: {value.title}</span> : null}
    </td>
  )
}

/** Agents thin and pale, calls solid, the duration beside the bar where there is room. */
function TimeBar({ bar, row, ticks }: { bar: RowBar; row: ChainRow; ticks: TreeGridProps['ticks'] }) {
  const isThin = row.isStrong
  const end = bar.left + bar.width
  const side = end <= 0.72 ? 'right' : bar.left >= 0.28 ? 'left' : 'above'
  return (
    <span className="relative block h-[41px]">
      {ticks.map((tick) => (
        <span
          key={tick.at}
          aria-hidden
          className="absolute inset-y-0 w-px bg-grid"
          style={{ left: `${tick.at * 100}%` }}
        />
      ))}
      <span
        aria-hidden
        className={`absolute top-1/2 -translate-y-1/2 rounded-bar ${isThin ? 'h-1.5' : 'h-2.5'}`}
        style={{
          left: `${bar.left * 100}%`,
          width: `${bar.width * 100}%`,
          minWidth: 2,
          background: bar.isPale
            ? `color-mix(in srgb, ${row.colour} 45%, var(--surface))`
            : row.icon === 'task'
              ? 'var(--chart-other)'
              : row.colour,
        }}
      />
      <span
        className={`num absolute text-axis text-ink-2 ${side === 'above' ? 'top-0.5 right-0' : 'top-1/2 -translate-y-1/2'}`}
        style={
          side === 'right'
            ? { left: `calc(${end * 100}% + 6px)` }
            : side === 'left'
              ? { right: `calc(${(1 - bar.left) * 100}% + 6px)` }
              : undefined
        }
      >
        {bar.text}
      </span>
    </span>
  )
}
