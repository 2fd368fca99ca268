import { DEFAULT_DETECTOR, expectDay, judgeSeries } from '@outlay/domain/anomaly/judge-series'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { daysOf } from './detectors.ts'
import { generateSeries, KINDS, NOISES } from './generate-series.ts'

/** Processor seconds of one night: the last four days of each series judged, today and tomorrow foretold. */
export function measureProcessorTime(series: number, historyDays: number): number {
  const inputs = Array.from({ length: series }, (_, number) => {
    const kind = KINDS[number % KINDS.length]!
    const noise = NOISES[Math.floor(number / 3) % NOISES.length]!
    const { firstDay, costs } = generateSeries({ kind, noise, disturbance: 'plain', seed: 1, number })
    return { days: daysOf(firstDay, costs.slice(0, historyDays)), today: addDays(firstDay, historyDays) }
  })
  const night = () => {
    for (const { days, today } of inputs) {
      const input = { days, settings: DEFAULT_DETECTOR, resets: [] }
      judgeSeries({ ...input, from: addDays(today, -4), to: addDays(today, -1) })
      expectDay({ ...input, day: today })
      expectDay({ ...input, day: addDays(today, 1) })
    }
  }
  const began = process.cpuUsage()
  night()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1e6
}
