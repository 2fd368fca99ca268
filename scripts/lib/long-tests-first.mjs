import Sequencer from '@jest/test-sequencer'

/** The files that take minutes: begun last, each would run alone at the end. */
const LONG = ['test/browser/browser.test.ts', 'test/scenarios/generated-month.test.ts']

/** What keeps both cores busy by itself: beside the browser it would take three times as long, and the browser too. */
const LAST = ['test/isolation/tenants.test.ts']

/** Jest's own order (what failed or took long before, else the largest file), behind the files that are known to take long. */
export default class LongTestsFirst extends Sequencer {
  /** Synchronous, as Jest's own is. */
  sort(tests) {
    const placeIn = (names, { path }) => names.findIndex((name) => path.replaceAll('\\', '/').endsWith(name))
    const sorted = super.sort(tests)
    const long = sorted.filter((test) => placeIn(LONG, test) >= 0)
    const last = sorted.filter((test) => placeIn(LAST, test) >= 0)
    const rest = sorted.filter((test) => !long.includes(test) && !last.includes(test))
    return [...long.sort((a, b) => placeIn(LONG, a) - placeIn(LONG, b)), ...rest, ...last]
  }
}
