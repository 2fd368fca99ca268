'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useId, useRef, useState, useTransition } from 'react'
import { Link } from '../../../../../components/ui/link.tsx'
import { exactDecimalText, percentText } from '../../../../../lib/format.ts'
import { percentOfRatio, ratioOfPercent } from '../../../../../lib/pool-form.ts'
import { hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { RATE_TO_START_FROM, whatIfParams, type WhatIf } from '../../../../../lib/what-if.ts'

/** A what-if as it travels to the browser. */
type PlainWhatIf = Omit<WhatIf, 'multipliers'> & { multipliers: readonly (readonly [string, string])[] }

interface WhatIfSlidersProps {
  path: string
  params: SearchParams
  today: PlainWhatIf
  whatIf: PlainWhatIf
  /** The overhead rate at which the shares come to the pool. */
  exactRate: string | null
  agents: readonly { key: string; name: string }[]
}

/** The hand rests before the server is asked. */
const REST_MS = 250

/** So many agents have their slider at once in view; the others' are one click away. */
const MOST_IN_VIEW = 6

const LEAST_SCALE = 30

function asWhatIf(plain: PlainWhatIf): WhatIf {
  return { ...plain, multipliers: new Map(plain.multipliers) }
}

/** The scale of the rate in percent: twice what absorbs the pool, in steps of ten. */
function scaleOf(exact: string | null, rate: string): number {
  const percents = [exact, rate].map((one) => (one === null ? 0 : Number.parseFloat(percentOfRatio(one))))
  const top = Math.max(LEAST_SCALE, (percents[0] ?? 0) * 2, percents[1] ?? 0)
  return Math.ceil(top / 10) * 10
}

/** Rate and multipliers. Each change becomes the address, and with it a question to the server. */
export function WhatIfSliders({ path, params, today, whatIf, exactRate, agents }: WhatIfSlidersProps) {
  const router = useRouter()
  const [isAsking, startAsking] = useTransition()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  function hrefOf(changes: Partial<WhatIf>): string {
    return hrefWith(path, params, whatIfParams({ ...asWhatIf(whatIf), ...changes }, asWhatIf(today)))
  }

  function ask(changes: Partial<WhatIf>): void {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => startAsking(() => router.replace(hrefOf(changes), { scroll: false })), REST_MS)
  }

  const times = new Map(whatIf.multipliers)
  const setTimes = (key: string, value: string): void => ask({ multipliers: new Map([...times, [key, value]]) })
  const sliders = (some: typeof agents) =>
    some.map(({ key, name }) => (
      <Slider
        key={`${key} ${times.get(key) ?? '1'}`}
        label={name}
        initial={times.get(key) ?? '1'}
        least="0"
        most="3"
        step="0.25"
        text={(value) => `× ${exactDecimalText(value)}`}
        onRest={(value) => setTimes(key, value)}
      />
    ))
  return (
    <div aria-busy={isAsking} className="no-print flex flex-col gap-3">
      {whatIf.method === 'OVERHEAD_RATE' ? (
        <RateSlider
          key={whatIf.rate}
          rate={whatIf.rate ?? RATE_TO_START_FROM}
          exactRate={exactRate}
          exactHref={exactRate === null ? null : hrefOf({ rate: exactRate })}
          onRest={(rate) => ask({ rate })}
        />
      ) : null}
      <fieldset className="min-w-0">
        <legend className="text-caption text-ink-2">
          How often each agent’s weight counts<span className="text-ink-3"> · × 1 is once, × 0 not at all</span>
        </legend>
        <div className="mt-1 grid gap-x-6 gap-y-1 sm:grid-cols-2">{sliders(agents.slice(0, MOST_IN_VIEW))}</div>
        {agents.length > MOST_IN_VIEW ? (
          <details className="mt-1">
            <summary className="link inline-flex min-h-8 items-center">
              {agents.length - MOST_IN_VIEW} more agents
            </summary>
            <div className="grid gap-x-6 gap-y-1 sm:grid-cols-2">{sliders(agents.slice(MOST_IN_VIEW))}</div>
          </details>
        ) : null}
      </fieldset>
    </div>
  )
}

interface SliderProps {
  label: string
  initial: string
  least: string
  most: string
  step: string
  text: (value: string) => string
  onRest: (value: string) => void
}

function Slider({ label, initial, least, most, step, text, onRest }: SliderProps) {
  const [value, setValue] = useState(initial)
  return (
    <label className="grid min-h-8 grid-cols-[minmax(0,1fr)_minmax(72px,1.2fr)_3rem] items-center gap-2">
      <span className="truncate">{label}</span>
      <input
        type="range"
        className="slider"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={text(value)}
        onChange={(event) => {
          setValue(event.target.value)
          onRest(event.target.value)
        }}
      />
      <span className="num text-right text-ink-2">{text(value)}</span>
    </label>
  )
}

interface RateSliderProps {
  rate: string
  exactRate: string | null
  exactHref: string | null
  onRest: (rate: string) => void
}

/** The overhead rate, with a tick where the shares come to the pool. */
function RateSlider({ rate, exactRate, exactHref, onRest }: RateSliderProps) {
  const [percent, setPercent] = useState(percentOfRatio(rate))
  const id = useId()
  const top = scaleOf(exactRate, rate)
  const at = (one: string): string => `${Math.min(100, (Number.parseFloat(one) / top) * 100)}%`
  return (
    <div className="max-w-[560px]">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-caption text-ink-2">
        <label htmlFor={id}>
          Overhead rate, of direct cost:{' '}
          <span className="num font-[550] text-accent-ink">{exactDecimalText(percent)} %</span>
        </label>
        {exactRate === null || exactHref === null ? null : (
          <Link href={exactHref} scroll={false} replace className="link inline-flex min-h-8 items-center">
            {percentText(exactRate, 2)} absorbs the pool exactly
          </Link>
        )}
      </p>
      <span className="relative block">
        <input
          id={id}
          type="range"
          className="slider w-full"
          min="0"
          max={top}
          step="0.5"
          value={percent}
          aria-valuetext={`${percent} percent of direct cost`}
          onChange={(event) => {
            setPercent(event.target.value)
            const ratio = ratioOfPercent(event.target.value)
            if (ratio !== null) onRest(ratio)
          }}
        />
        {exactRate === null ? null : (
          <span
            aria-hidden
            className="pointer-events-none absolute top-1/2 h-4 w-0.5 -translate-y-1/2 bg-ink"
            style={{ left: at(percentOfRatio(exactRate)) }}
          />
        )}
      </span>
      <span aria-hidden className="num flex justify-between text-axis text-ink-3">
        <span>0 %</span>
        <span>{top / 2} %</span>
        <span>{top} %</span>
      </span>
    </div>
  )
}
