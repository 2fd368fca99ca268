import type { NamedTask, PeriodFacts } from './facts.ts'

/**
 * How long each task was worked on: overlapping intervals of one task count once, two tasks at the same time count for each. In the order
 * of the tasks' first intervals.
 *
 *     unitedTime([T1 09:00–09:30, T1 09:20–09:50, T2 09:00–09:10]) // T1 50 minutes, T2 10 minutes
 */
export function unitedTime(intervals: PeriodFacts['intervals']): (NamedTask & { ms: number })[] {
  const byTask = new Map<string, { label: string; intervals: { startMs: number; endMs: number }[] }>()
  for (const { taskId, label, startMs, endMs } of intervals) {
    const known = byTask.get(taskId) ?? { label, intervals: [] }
    known.intervals.push({ startMs, endMs })
    byTask.set(taskId, known)
  }
  return [...byTask].map(([taskId, task]) => ({ taskId, label: task.label, ms: unionMs(task.intervals) }))
}

function unionMs(intervals: readonly { startMs: number; endMs: number }[]): number {
  let total = 0
  let reached = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of [...intervals].sort((a, b) => a.startMs - b.startMs)) {
    if (endMs <= reached) continue
    total += endMs - Math.max(startMs, reached)
    reached = endMs
  }
  return total
}
