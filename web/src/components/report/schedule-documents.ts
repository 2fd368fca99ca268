import { graphql } from '../../lib/browser-graphql.ts'

export const CreateReportScheduleDocument = graphql(`
  mutation CreateReportSchedule($input: CreateReportScheduleInput!) {
    createReportSchedule(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

export const ChangeReportScheduleDocument = graphql(`
  mutation ChangeReportSchedule($input: ChangeReportScheduleInput!) {
    changeReportSchedule(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

export const PauseReportScheduleDocument = graphql(`
  mutation PauseReportSchedule($id: ID!) {
    pauseReportSchedule(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

export const ResumeReportScheduleDocument = graphql(`
  mutation ResumeReportSchedule($id: ID!) {
    resumeReportSchedule(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

export const EndReportScheduleDocument = graphql(`
  mutation EndReportSchedule($id: ID!) {
    endReportSchedule(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

export const SchedulePreviewDocument = graphql(`
  query SchedulePreview($cron: String!, $periodRule: ReportPeriodRule!) {
    reportSchedulePreview(cron: $cron, periodRule: $periodRule) {
      at
      from
      to
    }
  }
`)
