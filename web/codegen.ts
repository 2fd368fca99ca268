import { existsSync } from 'node:fs'
import type { CodegenConfig } from '@graphql-codegen/cli'

/** The server's printed schema is the only source; `npm run generate -w web` writes src/generated (git-ignored). */
const printedSchema = new URL('../server/schema.graphql', import.meta.url).pathname

const config: CodegenConfig = {
  schema: existsSync(printedSchema) ? printedSchema : './contract.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/generated/**'],
  ignoreNoDocuments: true,
  generates: {
    './src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          DateTime: 'string',
          Date: 'string',
          Decimal: 'string',
          BigInt: 'string',
          CurrencyCode: 'string',
          JSONObject: 'Record<string, unknown>',
        },
      },
    },
  },
}

export default config
