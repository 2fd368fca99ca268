import { createWorld } from './world.ts'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { items } from './traffic.ts'
import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'
const w = await createWorld()
try {
  const t = await w.addTenant('bench')
  const DAY=86400000, end=Math.floor(Date.now()/DAY)*DAY-DAY
  const live={name:'s',startMs:end-7*DAY,spanMs:7*DAY,events:100000}
  const bodies:string[]=[]; for(let f=0;f<100000;f+=5000) bodies.push(JSON.stringify(items(live,f,f+5000)))
  const ing=new Ingestor({pool:w.pool,configs:new TenantConfigs({pool:w.pool,catalogue:null})})
  for(const b of bodies.splice(0,4)) await ing.record({tenantId:t.id,items:JSON.parse(b)})
  const s=new Session(); s.connect(); await s.post('Profiler.enable'); await s.post('Profiler.setSamplingInterval',{interval:500}); await s.post('Profiler.start')
  const c0=process.cpuUsage(), t0=performance.now()
  let n=0; await Promise.all([0,1,2].map(async()=>{ for(;;){const b=bodies.shift(); if(!b)return; const r=await ing.record({tenantId:t.id,items:JSON.parse(b)}); n+=r.accepted} }))
  const c=process.cpuUsage(c0); console.log(n, 'wall', (performance.now()-t0).toFixed(0), 'µs cpu/event', ((c.user+c.system)/n).toFixed(1))
  const {profile}=await s.post('Profiler.stop'); writeFileSync('/tmp/prof.cpuprofile',JSON.stringify(profile))
} finally { await w.stop() }
