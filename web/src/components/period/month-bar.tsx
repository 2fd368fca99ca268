import { Calendar, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { firstOfMonth } from '../../lib/calendar.ts'
import { addMonths, monthName, monthParam, monthText } from '../../lib/months.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { MonthField } from '../form/month-field.tsx'
import { Link } from '../ui/link.tsx'

interface MonthBarProps {
  path: string
  params: SearchParams
  /** Its first day. */
  month: string
  today: string
  /** What the month's state is. */
  badge?: ReactNode
  /** At the right: what is to be known about the month. */
  note?: ReactNode
}

const MONTHS_BEFORE = 3

/** Which month is looked at: the latest as tabs, any other by its name. The state is the address, and it works before any script runs. */
export function MonthBar({ path, params, month, today, badge, note }: MonthBarProps) {
  const present = firstOfMonth(today)
  const latest = Array.from({ length: MONTHS_BEFORE + 1 }, (_, index) => addMonths(present, index - MONTHS_BEFORE))
  const months = latest.includes(month) ? latest : [...latest, month].sort()
  const kept = Object.entries(params).filter(([name]) => name !== 'month')
  return (
    <>
      <p className="mb-3 hidden font-[550] print:block">
        {monthText(month)}
        {month === present ? ', so far' : ''}
      </p>
      <div className="no-print mb-4 flex flex-wrap items-center gap-2" role="group" aria-label="Month">
        <nav aria-label="Latest months" className="segment max-sm:hidden">
          {months.map((one) => (
            <Link
              key={one}
              href={hrefWith(path, params, { month: one === present ? null : monthParam(one) })}
              aria-current={one === month ? 'true' : undefined}
              scroll={false}
            >
              {one === month ? monthText(one) : monthName(one).slice(0, 3)}
              {one === present ? ', so far' : ''}
            </Link>
          ))}
        </nav>
        <details className="relative max-sm:min-w-0 max-sm:flex-1">
          <summary className="control max-sm:h-11 max-sm:w-full max-sm:justify-start">
            <Calendar size={16} strokeWidth={1.4} aria-hidden className="text-ink-3" />
            <span className="sm:hidden">{monthText(month)}</span>
            <span className="max-sm:hidden">Other month</span>
            <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
            <span className="sr-only">Choose another month</span>
          </summary>
          <form action={path} className="popover left-0 flex flex-col gap-3 max-sm:w-[calc(100vw-32px)]">
            {kept.map(([name, value]) =>
              typeof value === 'string' && value !== '' ? (
                <input key={name} type="hidden" name={name} value={value} />
              ) : null,
            )}
            <MonthField label="Month" name="month" initial={monthParam(month)} isRequired />
            <button className="control control-primary">Show this month</button>
          </form>
        </details>
        {badge}
        {note === undefined ? null : (
          <p className="min-w-0 flex-1 text-right text-caption text-ink-3 max-sm:basis-full max-sm:text-left">{note}</p>
        )}
      </div>
    </>
  )
}
