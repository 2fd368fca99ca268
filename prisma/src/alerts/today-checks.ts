import { checkToday } from '../anomalies/check-today.ts'
import type { Watch, Watched } from './evaluate-limits.ts'

/** What today's events say by themselves, looked at as they come in. Each raises its incidents at most once. */
export const todayChecks: readonly ((watch: Watch) => Promise<Watched>)[] = [checkToday]
