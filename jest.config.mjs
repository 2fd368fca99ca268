/** One Jest for every package: TypeScript through swc, as ES modules (imports carry their .ts extension). */
export default {
  testEnvironment: 'node',
  testSequencer: '<rootDir>/scripts/lib/long-tests-first.mjs',
  // A hang must end, but a busy machine must not fail a test: nothing here asserts a time.
  testTimeout: 180_000,
  // Modules of a finished file stay in memory; a process that has grown is replaced between two files.
  workerIdleMemoryLimit: '1500MB',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript', tsx: true }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['<rootDir>/{domain,prisma,workers,server,web,test}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/.next/', '/generated/'],
  modulePathIgnorePatterns: ['<rootDir>/web/.next/'],
}
