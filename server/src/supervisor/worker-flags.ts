/**
 * How V8 keeps the memory of a worker. A report is drawn, and a file written, in many short steps: a large young generation would keep a hundred
 * megabytes for nothing, so it has Node's own size. And the old generation is collected when it has grown by a third instead of to a multiple,
 * which a process that holds little and throws away much would fill with garbage: a million rows of FOCUS took 203 MB beside what the worker
 * holds, and takes 29 since (npm run bench -- focus). The collector has more to do for it, beside the work.
 */
export const WORKER_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=35']
