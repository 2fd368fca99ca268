import { createWorld } from './world.ts'
import { loadHistory } from './load-history.ts'
import { tableSizes } from './sizes.ts'
import { measureCopy } from './measure-copy.ts'
import { measureStatement } from './measure-statement.ts'
import { CapturingPool } from './captured-statements.ts'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { items } from './traffic.ts'
const w = await createWorld()
try {
  const t = await w.addTenant('bench')
  const DAY=86400000, end=Math.floor(Date.now()/DAY)*DAY-DAY
  const l = await loadHistory(w,{tenantId:t.id,traffic:{name:'h0',startMs:end-90*DAY,spanMs:90*DAY,events:100000},until:Date.now()+600000})
  console.log('load', l.events/l.usage.seconds, l.usage.cores)
  const s=await tableSizes(w.owner); console.log(s.map(x=>x.part+' '+(x.bytes/l.events).toFixed(0)).join(', '), s.reduce((a,b)=>a+b.bytes,0)/l.events)
  const src=await w.addTenant('src')
  const pool=new CapturingPool({url:w.urls.appUrl,max:2}); const ing=new Ingestor({pool,configs:new TenantConfigs({pool,catalogue:null})})
  const live={name:'s',startMs:end-7*DAY,spanMs:7*DAY,events:50000}
  for(let f=0;f<50000;f+=5000) await ing.record({tenantId:src.id,items:items(live,f,f+5000)})
  console.log(pool.captured.length, 'captured'); 
  for(const c of [1,3]){const m=await measureStatement(w.pool,pool.captured,{connections:c,eventsEach:50000,parts:w.parts});console.log('stmt',c,m.events/m.usage.seconds,m.usage.cores)}
  const c=await measureCopy(w.owner,src.id,50000,w.parts);console.log('copy',c.rows/c.usage.seconds,c.usage.cores)
  await pool.end()
} finally { await w.stop() }
