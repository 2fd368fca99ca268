'use client'

import { ActionDialog } from '../../../components/form/action-dialog.tsx'
import {
  EndReportScheduleDocument,
  PauseReportScheduleDocument,
  ResumeReportScheduleDocument,
} from '../../../components/report/schedule-documents.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { refusalOf } from '../../../lib/mutate.ts'

/** Pauses, resumes and ends a schedule. */
export function ScheduleActions({ id, name, isPaused }: { id: string; name: string; isPaused: boolean }) {
  const of = `the schedule of ${name}`
  const fallback = 'The schedule was not changed.'
  return (
    <>
      {isPaused ? (
        <ActionDialog
          trigger="Resume…"
          triggerOf={of}
          title={`Resume the schedule of ${name}?`}
          confirm="Resume"
          busy="Resuming…"
          run={() =>
            refusalOf(
              async () => (await browserQuery(ResumeReportScheduleDocument, { id })).resumeReportSchedule.userErrors,
              fallback,
            )
          }
        >
          <p>It goes on with its next time; what passed meanwhile is not made up for.</p>
        </ActionDialog>
      ) : (
        <ActionDialog
          trigger="Pause…"
          triggerOf={of}
          title={`Pause the schedule of ${name}?`}
          confirm="Pause"
          busy="Pausing…"
          run={() =>
            refusalOf(
              async () => (await browserQuery(PauseReportScheduleDocument, { id })).pauseReportSchedule.userErrors,
              fallback,
            )
          }
        >
          <p>Nothing is made and sent until it is resumed.</p>
        </ActionDialog>
      )}
      <ActionDialog
        trigger="End…"
        triggerOf={of}
        title={`End the schedule of ${name}?`}
        confirm="End it"
        busy="Ending…"
        isDangerous
        run={() =>
          refusalOf(
            async () => (await browserQuery(EndReportScheduleDocument, { id })).endReportSchedule.userErrors,
            fallback,
          )
        }
      >
        <p>It ends for good. The reports that it made stay.</p>
      </ActionDialog>
    </>
  )
}
