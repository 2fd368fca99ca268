import { DEFAULT_DETECTOR, judgeSeries, type DayCost } from '@outlay/domain/anomaly/judge-series'
import { METHOD, type Method } from '@outlay/domain/anomaly/method'
import { addDays, dayNumber, type CalendarDate } from '@outlay/domain/periods/calendar-date'

/** Which days of a series are flagged, each by the days before it. */
export interface Detector {
  name: string
  flags(firstDay: CalendarDate, costs: readonly number[], begins: number): boolean[]
}

/** The method of the product, whole or with something changed. */
export function ours(name: string, change: Partial<Method> = {}): Detector {
  const method = { ...METHOD, ...change }
  return {
    name,
    flags(firstDay, costs, begins) {
      const input = { settings: DEFAULT_DETECTOR, resets: [], from: firstDay, to: addDays(firstDay, costs.length - 1) }
      return judgeSeries({ ...input, days: daysOf(firstDay, costs, begins) }, method).map(({ flag }) => flag !== null)
    },
  }
}

/** As the cells of the days are: none before the series begins. */
export function daysOf(firstDay: CalendarDate, costs: readonly number[], begins = 0): DayCost[] {
  const first = dayNumber(firstDay)
  return costs.flatMap((cost, day) =>
    day < begins ? [] : [{ day: new Date((first + day) * 86_400_000).toISOString().slice(0, 10), cost: amount(cost) }],
  )
}

/** Costs of the generator have two decimals. */
function amount(cost: number): bigint {
  return BigInt(Math.round(cost * 100)) * 10n ** 16n
}

const MIN_EXCESS = 5

/** What people build first, and the given method that ours had to beat. */
export const NAIVE: readonly Detector[] = [
  {
    name: '> 1.5 × mean of 7 days (+ £5)',
    flags: (_, costs) =>
      costs.map((cost, day) => {
        const usual = mean(costs.slice(Math.max(0, day - 7), day))
        return day >= 7 && cost > 1.5 * usual && cost > usual + MIN_EXCESS
      }),
  },
  {
    name: '> 2 × median of the weekday',
    flags: (_, costs) =>
      costs.map((cost, day) => {
        const same = [7, 14, 21, 28, 35, 42, 49, 56].flatMap((back) => (day >= back ? [costs[day - back]!] : []))
        return same.length >= 3 && cost > 2 * median(same) && cost > median(same) + MIN_EXCESS
      }),
  },
  {
    name: 'mean + 3 sd of 30 days',
    flags: (_, costs) =>
      costs.map((cost, day) => {
        const past = costs.slice(Math.max(0, day - 30), day)
        const usual = mean(past)
        const sd = Math.sqrt(mean(past.map((one) => (one - usual) ** 2)))
        return day >= 14 && cost > usual + 3 * sd && cost > usual + MIN_EXCESS
      }),
  },
  { name: 'log, weekday, MAD, CUSUM', flags: baseline },
]

/**
 * The textbook version: logarithms, medians by weekday shrunk by n/(n+2), median of the last 20, MAD; z ≥ 3 with ratio 1.5, three upper
 * quartiles, or a CUSUM with k = 0.9 and h = 5; flagged days clipped at 2 s.
 */
function baseline(firstDay: CalendarDate, costs: readonly number[]): boolean[] {
  const first = dayNumber(firstDay)
  const logs: (number | null)[] = []
  let sum = 0
  return costs.map((cost, day) => {
    const past = logs.flatMap((log, at) =>
      log !== null && at >= day - 56 ? [{ log, weekday: (first + at + 3) % 7 }] : [],
    )
    if (cost <= 0 || past.length < 3) {
      logs.push(cost > 0 ? Math.log(cost) : null)
      return false
    }
    const middle = median(past.map(({ log }) => log))
    if (past.length < 7) {
      const usual = Math.exp(middle)
      const isFlagged = cost > 4 * usual && cost > usual + 20
      logs.push(isFlagged ? middle : Math.log(cost))
      return isFlagged
    }
    const factors = Array.from({ length: 7 }, (_, weekday) => {
      const own = past.filter((one) => one.weekday === weekday).map(({ log }) => log)
      return own.length < 4 ? 0 : ((median(own) - middle) * own.length) / (own.length + 2)
    })
    const plain = past.map(({ log, weekday }) => log - factors[weekday]!)
    const level = median(plain.slice(-20))
    const centre = level + factors[(first + day + 3) % 7]!
    const around = median(plain)
    const mad = median(plain.map((log) => Math.abs(log - around)))
    const scale = Math.max(0.1, 1.4826 * mad) * Math.sqrt(1 + 4 / past.length)
    const z = (Math.log(cost) - centre) / scale
    const expected = Math.exp(centre)
    const usual = past.map(({ log }) => Math.exp(log)).sort((a, b) => a - b)
    const isLarge = cost - expected >= Math.max(MIN_EXCESS, 0.25 * median(usual))
    const isPoint = z >= 3 && cost >= 1.5 * expected && isLarge
    const isBackstop = cost > 3 * usual[Math.floor(0.75 * (usual.length - 1))]! && isLarge
    sum = Math.max(0, sum + Math.min(z, 3) - 0.9)
    const isShift = sum > 5 && cost >= 1.3 * expected
    if (isShift) sum = 0
    const isFlagged = isPoint || isBackstop || isShift
    logs.push(isFlagged ? centre + 2 * scale : Math.log(cost))
    return isFlagged
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half]! : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
}
