import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Processes whose use of processor and memory is measured, by the name of their part. */
export type Parts = Record<string, readonly number[] | (() => readonly number[])>

export interface Usage {
  seconds: number
  /** Cores kept busy on average by each part; empty where the system does not say (only Linux does). */
  cores: Record<string, number>
  /** Cores that everything else on this machine kept busy meanwhile; null where the system does not say. */
  otherCores: number | null
}

// Linux counts processor time in hundredths of a second for every process, whatever the kernel's own tick is.
const TICKS_PER_SECOND = 100

/** Runs `work` and tells how long it took and which part kept how many cores busy. */
export async function measured<T>(parts: Parts, work: () => Promise<T>): Promise<{ result: T; usage: Usage }> {
  const before = snapshot(parts)
  const busyBefore = busyTicks()
  const began = performance.now()
  const result = await work()
  const seconds = (performance.now() - began) / 1_000
  const after = snapshot(parts)
  const busyAfter = busyTicks()
  const cores: Record<string, number> = {}
  for (const [part, ticks] of Object.entries(after)) {
    cores[part] = Math.max(0, (ticks - (before[part] ?? 0)) / TICKS_PER_SECOND / seconds)
  }
  const own = Object.values(cores).reduce((sum, value) => sum + value, 0)
  const all = busyBefore === null || busyAfter === null ? null : (busyAfter - busyBefore) / TICKS_PER_SECOND / seconds
  return { result, usage: { seconds, cores, otherCores: all === null ? null : Math.max(0, all - own) } }
}

/** Processor time that the whole machine has spent on anything but waiting. */
function busyTicks(): number | null {
  const line = /^cpu +(.*)$/m.exec(read('/proc/stat') ?? '')?.[1]
  if (line === undefined) return null
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line
    .split(' ')
    .map((field) => Number.parseInt(field, 10))
  return user + nice + system + irq + softIrq
}

/** A process and all that it started and that still lives. */
export function family(root: number): number[] {
  const parents = new Map<number, number>()
  for (const pid of pids()) parents.set(pid, statOf(pid)?.parent ?? 0)
  const members = [root]
  for (let index = 0; index < members.length; index++) {
    for (const [pid, parent] of parents) if (parent === members[index]) members.push(pid)
  }
  return members
}

/** Memory in bytes that processes keep for themselves, shared pages divided among their users; null where it is not told. */
export function memoryOf(members: readonly number[]): number | null {
  let sum = 0
  for (const pid of members) {
    const text = read(`/proc/${pid}/smaps_rollup`)
    const pss = /^Pss:\s+(\d+) kB/m.exec(text ?? '')?.[1]
    if (pss === undefined) continue
    sum += Number.parseInt(pss, 10) * 1_024
  }
  return sum === 0 ? null : sum
}

/** The most memory that one process has had so far, in bytes. */
export function peakMemoryOf(pid: number): number | null {
  const kb = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return kb === undefined ? null : Number.parseInt(kb, 10) * 1_024
}

/** The memory that one process has now, in bytes, shared pages counted whole. */
export function residentMemoryOf(pid: number): number | null {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return kb === undefined ? null : Number.parseInt(kb, 10) * 1_024
}

/** From now on the peak of a process is that of what it does next. Does nothing where the system keeps none. */
export function forgetPeakMemory(pid: number): void {
  if (existsSync(`/proc/${pid}/clear_refs`)) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function snapshot(parts: Parts): Record<string, number> {
  const ticks: Record<string, number> = {}
  if (!existsSync('/proc/self/stat')) return ticks
  for (const [part, members] of Object.entries(parts)) {
    const list = typeof members === 'function' ? members() : members
    // The time of children that have ended is kept by their parent.
    ticks[part] = list.reduce((sum, pid) => sum + (statOf(pid)?.ticks ?? 0), 0)
  }
  return ticks
}

function statOf(pid: number): { parent: number; ticks: number } | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === null) return null
  // The name may contain spaces and brackets; what follows the last bracket is regular: state, parent, …
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map((field) => Number.parseInt(field, 10))
  const [, parent = 0] = fields
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15)
  return { parent, ticks: user + system + childUser + childSystem }
}

function pids(): number[] {
  return existsSync('/proc')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => Number.parseInt(name, 10))
    : []
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
