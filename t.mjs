import { chromium } from 'playwright-core';
const O='http://127.0.0.1:9880'; const only=process.argv.slice(2);
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
async function visit(name, path, act) {
  if (only.length && !only.includes(name)) return;
  const ctx=await b.newContext({viewport:{width:1280,height:800}}); const p=await ctx.newPage(); const logs=[];
  p.on('console',m=>logs.push(m.type()+': '+m.text())); p.on('pageerror',e=>logs.push('PAGEERROR '+e.stack?.slice(0,600)));
  p.on('requestfailed',r=>logs.push('FAILED '+r.url()+' '+r.failure()?.errorText)); p.on('response',r=>r.status()>=400&&logs.push(r.status()+' '+r.url()));
  try { await p.goto(O+path); await p.waitForTimeout(2500); if(act) console.log(name, JSON.stringify(await act(p,ctx))); } catch(e){console.log(name,'ERR',e.message.slice(0,300));}
  await p.screenshot({path:`/tmp/shot-${name}.png`}); console.log(name, logs.slice(0,8)); await ctx.close();
}
const chatting = async (scope) => ({launcher: await scope.getByTestId('launcher').count(), panel: await scope.getByTestId('panel').isVisible().catch(()=>null), rows: await scope.getByTestId('chat-row').count(), composer: await scope.getByTestId('composer').count()});
await visit('index','/demo/');
await visit('two','/demo/two-users.html', async p=>{const [a,bb]=[p.frameLocator('iframe').nth(0),p.frameLocator('iframe').nth(1)]; const r=[await chatting(a),await chatting(bb)]; await a.getByTestId('composer').fill('Hello Bob'); await a.getByTestId('send').click(); await p.waitForTimeout(1000); await p.click('[data-scheme=dark]'); await p.waitForTimeout(500); return [r, await bb.getByTestId('message').count()];});
await visit('div','/demo/host-div.html', chatting);
await visit('frame','/demo/iframe.html', p=>chatting(p.frameLocator('iframe')));
await visit('plain','/demo/plain-iframe.html', p=>chatting(p.frameLocator('iframe')));
await visit('hostile','/demo/hostile-css.html', chatting);
await visit('csp','/demo/strict-csp.html', async p=>[await chatting(p), await p.locator('#violations li').count()]);
await visit('head','/demo/head-script.html', chatting);
await visit('spa','/demo/spa-swap.html', async p=>{const out=[await chatting(p)]; for(let i=0;i<3;i++){await p.click('[data-go]'); await p.waitForTimeout(200);} out.push(await chatting(p), await p.evaluate(()=>document.querySelectorAll('#Bandyer-bandyer-chat-widget').length)); await p.evaluate(()=>BandyerChat.logout()); out.push(await p.evaluate(()=>document.querySelectorAll('#Bandyer-bandyer-chat-widget').length)); return out;});
await b.close();
