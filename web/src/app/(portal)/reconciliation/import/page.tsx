import type { Metadata } from 'next'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { NotForRole } from '../../../../components/ui/not-for-role.tsx'
import { PageHeader } from '../../../../components/ui/page-header.tsx'
import { tenantTruth } from '../../../../lib/page-context.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { mayKeepRates } from '../../../../lib/session.ts'
import { ImportStatement } from './import-statement.tsx'

export const metadata: Metadata = { title: 'Import a statement' }

export default async function ImportStatementPage() {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  return (
    <>
      <PageHeader
        title="Import a statement"
        truth={tenantTruth(viewer.tenant)}
        crumbs={[{ label: 'Reconciliation', href: '/reconciliation' }]}
      />
      {mayKeepRates(viewer.role) ? (
        <ImportStatement />
      ) : (
        <NotForRole>Statements are imported by Finance and administrators.</NotForRole>
      )}
    </>
  )
}
