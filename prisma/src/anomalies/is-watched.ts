import { alertKindOfFinding, type Finding } from './finding.ts'
import type { Detector } from './read-detector.ts'

/** Whether a finding is to be told: people may turn off the whole detector or kinds of it. */
export function isWatched(finding: Finding, { isEnabled, disabledKinds }: Detector): boolean {
  return isEnabled && !disabledKinds.includes(alertKindOfFinding(finding))
}
