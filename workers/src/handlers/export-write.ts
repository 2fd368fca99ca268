import type { ExportRef } from '@outlay/db/exports/export-job'
import { runExport } from '@outlay/db/exports/run-export'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** Writes the file of an export; nothing to do when that is done. */
export async function writeExportOf(
  ref: ExportRef,
  { signal }: { signal: AbortSignal },
  { app }: { app: TenantPool },
): Promise<void> {
  await runExport({ pool: app }, ref, { signal })
}
