/** An expected failure: its message is all that a person needs, so it is printed without a stack. */
export class Failure extends Error {}

/** Runs a script's main function; an expected failure becomes one sentence and exit code 1. */
export async function runScript(main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error)
    process.exit(1)
  }
}

/** Refuses a Node.js that is too old, before anything else can fail in a stranger way. */
export function requireNode([major, minor]) {
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  throw new Failure(`Outlay needs Node.js ${major}.${minor} or newer; this is ${process.versions.node}.`)
}
