import type { JudgementRef } from '@outlay/db/anomalies/judgement-run'
import { judgeTenant } from '@outlay/db/anomalies/judge-tenant'
import { tellWatched, type TellTools } from '../limits/tell-watched.ts'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** Judges the past of a tenant; nothing to do when that is done. */
export async function judgeAnomaliesOf(
  ref: JudgementRef,
  { signal }: { signal: AbortSignal },
  tools: TellTools & { app: TenantPool },
): Promise<void> {
  await judgeTenant({ pool: tools.app }, ref, {
    signal,
    nowMs: Date.now(),
    told: (watched) => void tellWatched(tools, ref.tenantId, watched),
  })
}
