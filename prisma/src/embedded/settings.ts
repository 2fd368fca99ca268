/**
 * For a small host that runs the database beside everything else. Written to cluster/outlay.conf at every start;
 * ALTER SYSTEM still wins over it. Durability (fsync, full_page_writes, synchronous_commit) stays at its default: on.
 */
export const serverSettings: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  random_page_cost: '1.1',
  // A day's cells are planned for soon after they begin.
  autovacuum_naptime: '15s',
  // Compiling a 20 ms query costs more than running it.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // A query that takes this long is worth a line in postgres.log.
  log_min_duration_statement: '5s',
}

export function settingsFile(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  return ['# Written by Outlay at every start. Use ALTER SYSTEM for settings of your own.', ...lines, ''].join('\n')
}
