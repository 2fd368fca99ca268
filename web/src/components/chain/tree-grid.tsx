'use client'

import { RotateCw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import {
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react'
import { foundRows, placesOf, unfoldedRows } from '../../lib/chain-view.ts'
import { countText } from '../../lib/format.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { scrollTo } from '../../lib/windowing.ts'
import { Badge } from '../ui/badge.tsx'
import { ChainTools } from './chain-tools.tsx'
import { ROW_PX, TreeRow } from './tree-row.tsx'
import { useChainRows, type WholeChain } from './use-chain-rows.ts'
import { useWindow } from './use-window.ts'

interface TreeGridProps {
  label: string
  symbol: string
  /** The first rows as packRows writes them: all of them where `whole` is null. */
  packed: string
  whole: WholeChain | null
  path: string
  params: SearchParams
  ticks: readonly { at: number; text: string }[]
  openId: string | null
  footer: { name: string; self: string; subtree: string }
  check: { text: string; isEqual: boolean; title: string }
  /** A wide time axis and no amounts: the Timeline face of the same tree. */
  isTimeline?: boolean
}

/** From here on only the rows in view are drawn, in a frame that scrolls. */
const WINDOW_ABOVE = 200
/** What the head and the foot cover of the frame. */
const EDGES_PX = 77
const PAGE_ROWS = 10

/**
 * The chain as a tree-grid. One row takes part in the Tab order; arrows move, → opens, ← folds or goes to the parent, Home, End, Page Up
 * and Page Down jump, Enter shows the arithmetic.
 */
export function TreeGrid(props: TreeGridProps) {
  const { isTimeline = false, whole, path, params } = props
  const router = useRouter()
  const frame = useRef<HTMLDivElement>(null)
  const wanted = useRef<string | null>(null)
  const { rows, status, retry } = useChainRows(props.packed, whole)
  const places = useMemo(() => placesOf(rows), [rows])
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [text, setText] = useState(typeof params.find === 'string' ? params.find : '')
  const sought = useDeferredValue(text.trim())
  const { shown, found } = useMemo(
    () => (sought === '' ? { shown: unfoldedRows(rows, folded), found: null } : foundRows(rows, sought)),
    [rows, folded, sought],
  )
  const [activeId, setActiveId] = useState(props.openId ?? '')
  const [, setTurn] = useState(0)
  const activeAt = useMemo(
    () =>
      Math.max(
        0,
        shown.findIndex((index) => rows.idAt(index) === activeId),
      ),
    [shown, rows, activeId],
  )
  const total = status === 'whole' ? shown.length : Math.max(shown.length, whole?.rows ?? 0)
  const isWindowed = total > WINDOW_ABOVE
  const pieces = useWindow(frame, { count: shown.length, rowHeight: ROW_PX, kept: activeAt, isWindowed })
  const hrefOf = (id: string): string => hrefWith(path, { ...params, find: text.trim() }, { peek: id })

  // The open row of a link is somewhere in the chain: the frame is scrolled to it once it is there.
  useLayoutEffect(() => {
    if (props.openId !== null) bringIntoView(shown.findIndex((index) => rows.idAt(index) === props.openId))
    // Only when it opens or arrives, not whenever something is folded.
  }, [props.openId, rows])

  useLayoutEffect(() => {
    const id = wanted.current
    if (id === null) return
    wanted.current = null
    frame.current
      ?.querySelector<HTMLTableRowElement>(`tr[data-row="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: isWindowed })
  })

  function bringIntoView(position: number): void {
    const element = frame.current
    if (element === null || position < 0 || element.scrollHeight <= element.clientHeight) return
    const view = { top: element.scrollTop, height: element.clientHeight }
    const top = scrollTo(position, view, { rowHeight: ROW_PX, head: EDGES_PX })
    if (top !== null) element.scrollTop = top
  }

  function focusAt(position: number): void {
    const index = shown[Math.max(0, Math.min(shown.length - 1, position))]
    if (index === undefined) return
    const id = rows.idAt(index)
    if (isWindowed) bringIntoView(Math.max(0, Math.min(shown.length - 1, position)))
    wanted.current = id
    setActiveId(id)
    // The row may be active already: it gets the focus all the same.
    setTurn((turn) => turn + 1)
  }

  function fold(id: string, isFolded: boolean): void {
    setFolded((now) => {
      const next = new Set(now)
      if (isFolded) next.add(id)
      else next.delete(id)
      return next
    })
  }

  function foldAll(isFolded: boolean): void {
    const parents = isFolded ? Array.from({ length: rows.length }, (_, index) => index).filter(isParent) : []
    // The first row stays open: a chain that shows one row says nothing.
    setFolded(new Set(parents.filter((index) => rows.parentAt(index) >= 0).map(rows.idAt)))
  }

  function isParent(index: number): boolean {
    return found === null && places.hasChildren[index] === 1
  }

  function find(next: string): void {
    setText(next)
    const kept = Object.fromEntries(new URLSearchParams(window.location.search))
    const find = next.trim() === '' ? null : next.trim()
    window.history.replaceState(null, '', hrefWith(window.location.pathname, kept, { find }))
  }

  function onKeyDown(event: KeyboardEvent<HTMLTableElement>): void {
    const position = positionOf(event.target)
    const index = shown[position ?? -1]
    if (position === null || index === undefined) return
    const id = rows.idAt(index)
    const actions: Record<string, () => void> = {
      ArrowDown: () => focusAt(position + 1),
      ArrowUp: () => focusAt(position - 1),
      PageDown: () => focusAt(position + PAGE_ROWS),
      PageUp: () => focusAt(position - PAGE_ROWS),
      Home: () => focusAt(0),
      End: () => focusAt(shown.length - 1),
      ArrowRight: () => {
        if (isParent(index) && folded.has(id)) fold(id, false)
        else if (places.hasChildren[index] === 1) focusAt(position + 1)
      },
      ArrowLeft: () => {
        if (isParent(index) && !folded.has(id)) fold(id, true)
        else if (rows.parentAt(index) >= 0) focusAt(shown.indexOf(rows.parentAt(index)))
      },
      Enter: () => {
        if (rows.at(index).isCall) router.push(hrefOf(id), { scroll: false })
      },
    }
    const action = actions[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  // One listener for all rows: a component for the link of each would take longer to draw than the row.
  function onClick(event: MouseEvent<HTMLTableElement>): void {
    const target = event.target as Element
    const id = target.closest<HTMLTableRowElement>('tr[data-row]')?.dataset.row
    if (id === undefined) return
    if (target.closest('button[data-fold]') !== null) fold(id, !folded.has(id))
    const isPlain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (target.closest('a[data-call]') === null || !isPlain) return
    event.preventDefault()
    router.push(hrefOf(id), { scroll: false })
  }

  return (
    <>
      <ChainTools
        text={text}
        found={found === null ? null : found.size}
        rows={status === 'whole' ? rows.length : (whole?.rows ?? rows.length)}
        onText={find}
        onDown={() => focusAt(found === null ? 0 : shown.findIndex((index) => found.has(index)))}
        onFold={foldAll}
      />
      {status === 'failed' ? (
        <p role="alert" className="flex flex-wrap items-center gap-3 px-4 pb-2.5 text-warn sm:px-5">
          The first {countText(rows.length)} rows are here; the rest did not come.
          <button type="button" className="control" onClick={retry}>
            <RotateCw size={14} strokeWidth={1.6} aria-hidden />
            Retry
          </button>
        </p>
      ) : null}
      <div
        ref={frame}
        aria-busy={status === 'coming' ? true : undefined}
        className={`print-wide relative overflow-x-auto ${isWindowed ? 'max-h-[max(26rem,calc(100dvh-14rem))] overflow-y-auto print:max-h-none print:overflow-visible' : ''}`}
      >
        <table
          role="treegrid"
          aria-label={props.label}
          aria-rowcount={total + 2}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onFocus={(event) => {
            const index = shown[positionOf(event.target) ?? -1]
            if (index !== undefined) setActiveId(rows.idAt(index))
          }}
          className="w-full border-collapse [--indent:20px] max-sm:[--indent:8px] sm:min-w-[600px]"
        >
          <Head {...props} isTimeline={isTimeline} isSticky={isWindowed} />
          <tbody>
            {pieces.map((piece) => {
              if (piece.kind === 'gap') return <Gap key={`gap ${piece.from}`} rows={piece.rows} />
              const index = shown[piece.index] ?? 0
              const id = rows.idAt(index)
              return (
                <TreeRow
                  key={id}
                  rows={rows}
                  index={index}
                  rowIndex={piece.index + 2}
                  place={places.place[index] ?? 1}
                  siblings={places.siblings[index] ?? 1}
                  isParent={isParent(index)}
                  isFolded={folded.has(id)}
                  isOpen={props.openId === id}
                  isActive={piece.index === activeAt}
                  isContext={found !== null && !found.has(index)}
                  isTimeline={isTimeline}
                  isTight={isWindowed}
                  ticks={props.ticks}
                  href={hrefOf(id)}
                />
              )
            })}
            {total > shown.length ? <Gap rows={total - shown.length} /> : null}
          </tbody>
          <Foot {...props} isTimeline={isTimeline} isSticky={isWindowed} rowIndex={total + 2} />
        </table>
      </div>
    </>
  )
}

/** The position of the row that is the target itself, not of one around it. */
function positionOf(target: EventTarget): number | null {
  if (!(target instanceof HTMLTableRowElement) || target.dataset.row === undefined) return null
  return target.ariaRowIndex === null ? null : Number(target.ariaRowIndex) - 2
}

/** The room of rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  return (
    <tr aria-hidden style={{ height: rows * ROW_PX }}>
      <td className="p-0" />
    </tr>
  )
}

type EdgeProps = TreeGridProps & { isTimeline: boolean; isSticky: boolean }

function Head({ symbol, ticks, isTimeline, isSticky }: EdgeProps) {
  const sticky = isSticky ? 'sticky top-0 z-10 bg-surface print:static' : ''
  return (
    <thead>
      <tr role="row" aria-rowindex={1} className="h-8 text-caption text-ink-3">
        <th
          role="columnheader"
          scope="col"
          className={`${sticky} pl-4 text-left font-normal sm:pl-5 ${isTimeline ? 'w-[44%]' : 'w-full sm:w-[57%]'}`}
        >
          Agent or call
        </th>
        {isTimeline ? null : (
          <>
            <th
              role="columnheader"
              scope="col"
              className={`${sticky} px-2 text-right font-normal whitespace-nowrap max-sm:hidden`}
            >
              Self, {symbol}
            </th>
            <th role="columnheader" scope="col" className={`${sticky} px-2 text-right font-normal whitespace-nowrap`}>
              Subtree, {symbol}
            </th>
          </>
        )}
        <th
          role="columnheader"
          scope="col"
          className={`${sticky} pr-4 pl-2 text-left font-normal sm:pr-5 ${isTimeline ? 'w-[56%]' : 'w-[24%] max-sm:hidden'}`}
        >
          <span className="sr-only">Time since the start</span>
          <span aria-hidden className="num relative block h-4 text-axis">
            {ticks.map((tick) => (
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
  )
}

function Foot({ footer, check, isTimeline, isSticky, rowIndex }: EdgeProps & { rowIndex: number }) {
  const sticky = isSticky ? 'sticky bottom-0 z-10 border-t border-line-2 bg-surface print:static' : ''
  return (
    <tfoot>
      <tr role="row" aria-rowindex={rowIndex} className="h-[45px] border-t border-line-2 font-semibold">
        <th role="rowheader" scope="row" className={`${sticky} pl-4 text-left sm:pl-5`}>
          {footer.name}
          {isTimeline ? null : (
            <span className="block pb-2 sm:hidden">
              <CheckBadge check={check} />
            </span>
          )}
        </th>
        {isTimeline ? null : (
          <>
            <td role="gridcell" className={`num ${sticky} px-2 text-right max-sm:hidden`}>
              {footer.self}
            </td>
            <td role="gridcell" className={`num ${sticky} px-2 text-right`}>
              {footer.subtree}
            </td>
          </>
        )}
        <td role="gridcell" className={`${sticky} pr-4 text-right sm:pr-5 ${isTimeline ? '' : 'max-sm:hidden'}`}>
          <CheckBadge check={check} />
        </td>
      </tr>
    </tfoot>
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
