const queue: (() => void)[] = []

/**
 * Long work on the one thread of a process waits here between its slices: one slice runs in each turn of the event loop, whoever waited
 * longest first. What is being written meanwhile goes on, and a large request does not stop the small ones.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    queue.push(resolve)
    if (queue.length === 1) setImmediate(serve)
  })
}

function serve(): void {
  queue.shift()?.()
  if (queue.length > 0) setImmediate(serve)
}
