import { graphql } from '../../lib/browser-graphql.ts'

export const RequestReportDocument = graphql(`
  mutation RequestReport($input: RequestReportInput!) {
    requestReport(input: $input) {
      report {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

export const RestateReportDocument = graphql(`
  mutation RestateReport($input: RestateReportInput!) {
    restateReport(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

export const SendReportDocument = graphql(`
  mutation SendReport($input: SendReportInput!) {
    sendReport(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

export const RevokeReportLinkDocument = graphql(`
  mutation RevokeReportLink($id: ID!) {
    revokeReportLink(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

export const ReportProgressDocument = graphql(`
  query ReportProgress($id: ID!) {
    report(id: $id) {
      runs {
        id
        state
        step
        filesDone
        filesTotal
      }
    }
  }
`)
