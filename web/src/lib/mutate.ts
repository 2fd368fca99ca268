/**
 * Runs a mutation from the browser: null when the server took it, else the sentences to show. Refusals of the input and failures of the
 * way there read alike to the person who pressed the button.
 */
export async function refusalOf(
  call: () => Promise<readonly { message: string }[]>,
  fallback: string,
): Promise<string | null> {
  try {
    const errors = await call()
    return errors.length === 0 ? null : errors.map((error) => error.message).join(' ')
  } catch (error) {
    return error instanceof Error ? error.message : fallback
  }
}
