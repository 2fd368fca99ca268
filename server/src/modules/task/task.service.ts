// STUB
export function findTask(..._a: unknown[]): never { throw new Error('stub') }
export function listTasks(..._a: unknown[]): never { throw new Error('stub') }
export function upsertTask(..._a: unknown[]): never { throw new Error('stub') }
