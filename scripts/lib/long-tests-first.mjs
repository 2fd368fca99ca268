import Sequencer from '@jest/test-sequencer'

/** The files that take minutes: begun last, each would run alone at the end. */
const LONG = [
  'test/browser/browser.test.ts',
  'test/isolation/tenants.test.ts',
  'test/scenarios/generated-month.test.ts',
]

/** Jest's own order (what failed or took long before, else the largest file), behind the files that are known to take long. */
export default class LongTestsFirst extends Sequencer {
  /** Synchronous, as Jest's own is. */
  sort(tests) {
    const rank = ({ path }) => LONG.findIndex((name) => path.replaceAll('\\', '/').endsWith(name))
    const sorted = super.sort(tests)
    const long = sorted.filter((test) => rank(test) >= 0).sort((a, b) => rank(a) - rank(b))
    return [...long, ...sorted.filter((test) => rank(test) < 0)]
  }
}
