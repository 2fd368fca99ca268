import { graphql } from '../../lib/browser-graphql.ts'

export const StartExportDocument = graphql(`
  mutation StartExport($input: StartExportInput!) {
    startExport(input: $input) {
      export {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

export const ExportSizeDocument = graphql(`
  query ExportSize($input: ExportSizeInput!) {
    exportSize(input: $input) {
      needsJob
    }
  }
`)

export const ExportProgressDocument = graphql(`
  query ExportProgress($id: ID!) {
    export(id: $id) {
      state
      rowsDone
      rowsTotal
    }
  }
`)
