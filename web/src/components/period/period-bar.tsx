import { Calendar, ChevronDown } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import { addDays } from '../../lib/calendar.ts'
import { comparisonText, periodText, PRESETS, type Period, type Preset } from '../../lib/period.ts'
import { all, hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { SwitchKnob } from '../ui/switch-knob.tsx'
import { ToggleLink } from '../ui/toggle-link.tsx'

interface PeriodBarProps {
  path: string
  params: SearchParams
  period: Period
  today: string
  /** Pages without a chart have no bins. */
  hasBins?: boolean
  /** The preset of an address that names none. */
  defaultPreset?: Preset
  /** Pages without a comparison have no switch for it. */
  isComparable?: boolean
  /** Beside other controls: the presets within the one button, at any width. */
  isCompact?: boolean
}

const BINS = [
  { id: 'day', label: 'Day' },
  { id: 'week', label: 'Week' },
  { id: 'month', label: 'Month' },
] as const

/**
 * Which days are looked at. Everything is a link or a plain form: the state is the address, and it works before any script runs. On a phone
 * the presets and bins move into the one button that names the period.
 */
export function PeriodBar(props: PeriodBarProps) {
  const { isComparable = true, isCompact = false } = props
  return (
    <>
      {isCompact ? null : <PrintedPeriod period={props.period} isComparable={isComparable} />}
      <div className="no-print mb-4 flex flex-wrap items-center gap-2" role="group" aria-label="Period">
        {isCompact ? null : (
          <div className="max-sm:hidden">
            <Presets {...props} />
          </div>
        )}
        <RangePicker {...props} />
        {isCompact ? null : <span className="flex-1 max-sm:hidden" />}
        <div className="max-sm:hidden">
          <BinPicker {...props} />
        </div>
        {isComparable ? <CompareSwitch {...props} /> : null}
      </div>
    </>
  )
}

/** On paper there is nothing to choose: the days, and which they are compared with. */
function PrintedPeriod({ period, isComparable }: { period: Period; isComparable: boolean }) {
  const compared = isComparable ? comparisonText(period) : null
  return (
    <p className="mb-3 hidden print:block">
      <span className="font-[550]">{periodText(period)}</span>
      {period.hasPartialDay ? ', today partial' : ''}
      {compared === null ? '' : `, full days compared with ${compared}`}
    </p>
  )
}

function Presets({ path, params, period, defaultPreset = 'mtd' }: PeriodBarProps) {
  return (
    <nav aria-label="Preset periods" className="segment">
      {PRESETS.map((preset) => (
        <Link
          key={preset.id}
          href={hrefWith(path, params, {
            period: preset.id === defaultPreset ? null : preset.id,
            from: null,
            to: null,
            cursor: null,
          })}
          aria-current={period.preset === preset.id ? 'true' : undefined}
          scroll={false}
        >
          {preset.label}
        </Link>
      ))}
    </nav>
  )
}

function BinPicker({ path, params, period, hasBins = true }: PeriodBarProps) {
  if (!hasBins || period.granularity === 'HOUR') return null
  return (
    <nav aria-label="Bins" className="segment">
      {BINS.map((bins) => (
        <Link
          key={bins.id}
          href={hrefWith(path, params, { bins: bins.id })}
          aria-current={period.bins === bins.id ? 'true' : undefined}
          scroll={false}
        >
          {bins.label}
        </Link>
      ))}
    </nav>
  )
}

function RangePicker(props: PeriodBarProps) {
  const { path, params, period, today, isCompact = false } = props
  const onPhone = isCompact ? '' : 'sm:hidden'
  const kept = Object.entries(params).filter(([name]) => !['period', 'from', 'to', 'cursor'].includes(name))
  return (
    <details className="relative max-sm:min-w-0 max-sm:flex-1">
      <summary className="control max-sm:h-11 max-sm:w-full max-sm:justify-start">
        <Calendar size={16} strokeWidth={1.4} aria-hidden className="text-ink-3" />
        <span className="num truncate">
          <span className={onPhone}>{presetLabel(period)} </span>
          <span className={isCompact ? 'font-normal text-ink-3' : 'max-sm:font-normal max-sm:text-ink-3'}>
            {periodText(period)}
          </span>
        </span>
        {period.hasPartialDay ? <span className="font-normal text-ink-3 max-sm:hidden">today partial</span> : null}
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
        <span className="sr-only">Choose other days</span>
      </summary>
      <form action={path} className="popover left-0 flex flex-col gap-3 max-sm:w-[calc(100vw-32px)]">
        <div className={`flex flex-col items-start gap-3 ${onPhone}`}>
          <Presets {...props} />
          <BinPicker {...props} />
        </div>
        {kept.flatMap(([name, value]) =>
          all(value).map((one) => <input key={`${name} ${one}`} type="hidden" name={name} value={one} />),
        )}
        <input type="hidden" name="period" value="custom" />
        <label className="flex flex-col gap-1 text-caption text-ink-2">
          First day
          <input
            className="field text-body"
            type="date"
            name="from"
            required
            max={today}
            defaultValue={period.range.from}
          />
        </label>
        <label className="flex flex-col gap-1 text-caption text-ink-2">
          Last day
          <input
            className="field text-body"
            type="date"
            name="to"
            required
            max={today}
            defaultValue={addDays(period.range.to, -1)}
          />
        </label>
        <button className="control control-primary">Show these days</button>
      </form>
    </details>
  )
}

function presetLabel(period: Period): string {
  return PRESETS.find((preset) => preset.id === period.preset)?.label ?? ''
}

function CompareSwitch({ path, params, period }: PeriodBarProps) {
  const text = comparisonText(period)
  const isOn = period.isComparing
  const title =
    text === null && isOn
      ? 'Today is not over, so there is no full day to compare'
      : `The same weekdays ${period.comparisonWeeks} ${period.comparisonWeeks === 1 ? 'week' : 'weeks'} earlier`
  return (
    <ToggleLink
      href={hrefWith(path, params, { compare: isOn ? 'off' : null })}
      role="switch"
      isOn={isOn}
      className="control max-sm:h-11"
      title={title}
    >
      <SwitchKnob isOn={isOn} />
      Compare
      {text === null ? null : <span className="num font-normal text-ink-3 max-[1340px]:hidden">{text}</span>}
    </ToggleLink>
  )
}
