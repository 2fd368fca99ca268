import os from 'node:os'
import type { Method } from '@outlay/domain/anomaly/method'
import type { AnomalyOptions } from '../options.ts'
import { NAIVE, ours, type Detector } from './detectors.ts'
import {
  evaluate,
  falseAlarmsPerYear,
  falseDaysPerYear,
  meanDelay,
  shareFound,
  shareInTime,
  type Cell,
} from './evaluate.ts'
import { measureFanout } from './fanout.ts'
import { DISTURBANCES, EVENTS, KINDS, NOISES, type Disturbance } from './generate-series.ts'
import { measureNightly } from './nightly.ts'
import { measureProcessorTime } from './processor-time.ts'

/** Seeds from here on were not looked at while the method was made. */
const HELD_OUT_FROM = 5_001

const NEVER = 1e9

/** One gate each taken away, or replaced by what it stands in for. */
const ABLATIONS: readonly [string, Partial<Method>][] = [
  ['without POINT', { pointScore: NEVER, pointLogOdds: NEVER }],
  ['without BACKSTOP', { backstopDearest: NEVER }],
  ['without SHIFT', { shiftLogOdds: NEVER }],
  ['without COLD_START', { coldRatio: NEVER }],
  ['COLD_START by the median alone', { coldDearest: 0 }],
  ['the first days count as they were', { startRatio: NEVER }],
  ['z ≥ 3 instead of the likelihood ratio', { pointScore: 3, pointLogOdds: NEVER }],
  ['without the least score of restless series', { restlessScore: -NEVER }],
  ['sparse series like all others', { minActivity: 1 }],
  ['without weekdays', { weekdayTrust: 0 }],
  ['without doubt of the scale', { scaleDoubt: 0 }],
  ['scale without a prior', { priorDays: 0.01 }],
  ['flagged days count as they were', { flaggedClip: NEVER, clip: NEVER }],
  ['without new levels', { levelDaysAway: NEVER }],
  ['without least ratios and shares', { minRatio: 0, minExcessShare: 0, shiftMinRatio: 0 }],
]

/** `npm run bench -- anomaly`: prints Markdown. Nothing is stored and no database is needed. */
export function runAnomalyBench(options: AnomalyOptions): void {
  const began = Date.now()
  const { seeds, seriesPerCell } = options
  const whole = ours('Outlay')
  const tuned = range(1, seeds)
  const heldOut = range(HELD_OUT_FROM, seeds)
  // Comparisons need no third digit, and leave the held-out seeds alone.
  const fewer = {
    seeds: range(HELD_OUT_FROM, Math.max(2, Math.ceil(seeds / 4))),
    seriesPerCell: Math.ceil(seriesPerCell / 2),
  }

  print('# Anomaly detection', machine())
  print(
    `A series is 26 weeks of an agent's daily cost. False alarms are per series and year, days within a week of each other being one alarm (flagged days in brackets).`,
    `Found: spikes on the day itself, shifts within the first three days on which the agent runs.`,
    '',
  )
  for (const [name, chosen] of [
    ['seeds the method was made with', tuned],
    ['held-out seeds', heldOut],
  ] as const) {
    say(`${name} …`)
    const cells = evaluate(whole, { disturbance: 'plain', seeds: chosen, seriesPerCell })
    print(
      `## ${name}: ${chosen[0]} to ${chosen.at(-1)}, ${count(cells)} series`,
      '',
      ...bySeed(cells),
      '',
      ...byCell(cells),
      '',
    )
  }

  const plain = (detector: Detector) => evaluate(detector, { disturbance: 'plain', ...fewer })
  const comparison = (title: string, detectors: readonly Detector[]) => {
    const rows = detectors.map((detector) => {
      say(`${detector.name} …`)
      return [detector.name, ...summary(plain(detector))]
    })
    print(`## ${title}`, '', ...table(['', ...SUMMARY_HEADS], rows), '')
  }
  comparison('Beside simpler rules', [whole, ...NAIVE])
  comparison('What each part is for', [whole, ...ABLATIONS.map(([name, change]) => ours(name, change))])
  print('## What else happens to series', '', ...disturbances(whole, fewer), '')
  print('## Night after night, with late data', '', ...nightly(fewer.seeds, Math.ceil(seriesPerCell / 5)), '')
  print(
    '## Agents of a project',
    '',
    ...fanout({ 'seeds the method was made with': tuned, 'held-out seeds': heldOut }, seriesPerCell * 5),
    '',
  )
  print('## Processor time', '', ...processorTime(), '')
  print(`${Math.round((Date.now() - began) / 1000)} s.`)
}

const SUMMARY_HEADS = [...KINDS.map((kind) => `false alarms ${kind}`), ...EVENTS]

function summary(cells: readonly Cell[]): string[] {
  return [
    ...KINDS.map((kind) => alarms(ofKind(cells, kind))),
    ...EVENTS.map((event) => share(shareInTime(cells, event))),
  ]
}

/** All noise levels together, as a mean and as the worst of the seeds. */
function bySeed(cells: readonly Cell[]): string[] {
  const seeds = [...new Set(cells.map(({ seed }) => seed))].map((seed) => cells.filter((cell) => cell.seed === seed))
  const worst = (valueOf: (some: readonly Cell[]) => number, pick: (...values: number[]) => number) =>
    pick(...seeds.map(valueOf))
  const alarmRows = KINDS.map((kind) => {
    const rateOf = (some: readonly Cell[]) => falseAlarmsPerYear(ofKind(some, kind))
    const mean = alarms(ofKind(cells, kind))
    return [`false alarms, ${kind}`, '≤ 3', mean, two(worst(rateOf, Math.max)), '', '']
  })
  const targets = ['≥ 0.98', '≥ 0.75', '≥ 0.80', '']
  const eventRows = EVENTS.map((event, at) => {
    const worstShare = share(worst((some) => shareInTime(some, event), Math.min))
    const later = [share(shareFound(cells, event)), `${two(meanDelay(cells, event))} days`]
    return [event, targets[at]!, share(shareInTime(cells, event)), worstShare, ...later]
  })
  return table(['', 'target', 'mean', 'worst seed', 'within 14 days', 'mean delay'], [...alarmRows, ...eventRows])
}

function byCell(cells: readonly Cell[]): string[] {
  const rows = KINDS.flatMap((kind) =>
    NOISES.map((noise) => {
      const some = ofKind(cells, kind).filter((cell) => cell.noise === noise)
      return [`${kind}, σ = ${noise}`, alarms(some), ...EVENTS.map((event) => share(shareInTime(some, event)))]
    }),
  )
  return table(['', 'false alarms', ...EVENTS], rows)
}

function disturbances(detector: Detector, world: { seeds: number[]; seriesPerCell: number }): string[] {
  const rows = DISTURBANCES.map((disturbance: Disturbance) => {
    say(`${disturbance} …`)
    return [disturbance, ...summary(evaluate(detector, { disturbance, ...world }))]
  })
  return table(['', ...SUMMARY_HEADS], rows)
}

function nightly(seeds: readonly number[], seriesPerCell: number): string[] {
  say('Night after night …')
  const { series, days, falseAlarms, injected, found, withdrawn } = measureNightly(seeds, seriesPerCell)
  const rows = (['6× spike', '3× spike'] as const).map((event) => [
    event,
    share(found[event].firstNight / injected),
    share(found[event].thirdNight / injected),
  ])
  return [
    ...table(['', 'after the first night', 'after the third'], rows),
    '',
    `False alarms: ${two((falseAlarms * 365) / days)} per series and year over ${series} series of all kinds, flagged on any night; ${two((withdrawn * 365) / days)} days a year are flagged and cleared again.`,
  ]
}

/** Three agents that the project has never used, on one day. */
function fanout(sets: Record<string, readonly number[]>, projectsPerSeed: number): string[] {
  say('Agents of a project …')
  const rows = Object.entries(sets).map(([name, seeds]) => {
    const { projects, projectDays, falseAlarms, injected, foundSameDay } = measureFanout(seeds, projectsPerSeed)
    const years = Math.round(projectDays / 365)
    return [name, `${projects}`, share(foundSameDay / injected), `${falseAlarms} in ${years} years`]
  })
  return table(['', 'projects', 'three unseen agents, same day', 'false alarms'], rows)
}

function processorTime(): string[] {
  const rows = [56, 112].map((days) => [`1,000 series × ${days} days`, `${two(measureProcessorTime(1_000, days))} s`])
  return table(['the last four days judged, two days foretold', 'processor time'], rows)
}

function ofKind(cells: readonly Cell[], kind: (typeof KINDS)[number]): Cell[] {
  return cells.filter((cell) => cell.kind === kind)
}

function alarms(cells: readonly Cell[]): string {
  return `${two(falseAlarmsPerYear(cells))} (${two(falseDaysPerYear(cells))})`
}

function count(cells: readonly Cell[]): string {
  return cells.reduce((total, { series }) => total + series, 0).toLocaleString('en-GB')
}

function machine(): string {
  return `${os.cpus()[0]?.model ?? 'unknown processor'}, Node.js ${process.versions.node}\n`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)]
}

function range(from: number, length: number): number[] {
  return Array.from({ length }, (_, at) => from + at)
}

const two = (value: number) => value.toFixed(2)
const share = (value: number) => value.toFixed(3)

function print(...lines: readonly string[]): void {
  console.log(lines.join('\n'))
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
