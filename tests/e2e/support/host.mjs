// The site that embeds the widget: a web server of its own origin that serves whatever page a test needs.
import http from 'node:http';

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
export const scriptFile = 'bandyer-widget.min.js';

/** A page with the script tag of the README, and nothing else unless asked for. */
export function hostPage(serverOrigin, { head = '', body = '', script = true, scriptIn = 'body', attributes = '' } = {}) {
  const tag = script ? `<script src="${escape(serverOrigin)}/widget/${scriptFile}" ${attributes}></script>` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Host page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
${head}${scriptIn === 'head' ? tag : ''}</head>
<body><main><h1>A host page</h1><p>Text of the site.</p></main>
${body}${scriptIn === 'body' ? tag : ''}</body></html>`;
}

/** A page with scripts before all of its own, for browsers whose driver cannot put them there. */
function led({ content, headers, first }) {
  const tags = first.map((text) => `<script nonce="e2e">document.currentScript.remove();${text.replaceAll('</script', '<\\/script')}</script>`).join('');
  const policy = headers['content-security-policy']?.replace(/script-src/, "script-src 'nonce-e2e'");
  return {
    content: /<head>/.test(content) ? content.replace('<head>', () => `<head>${tags}`) : tags + content,
    headers: policy ? { ...headers, 'content-security-policy': policy } : headers,
  };
}

export async function startHost() {
  const pages = new Map();
  let count = 0;
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    const page = pages.get(pathname);
    if (!page) {
      response.writeHead(404).end('no such page');
      return;
    }
    const { content, headers } = page.first ? led(page) : page;
    response.writeHead(200, { 'content-type': page.type, 'cache-control': 'no-store', ...headers });
    response.end(content);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    /** Puts a page on the site and returns its address. */
    add(content, { headers = {}, type = 'text/html; charset=utf-8', path = `/page-${++count}` } = {}) {
      pages.set(path, { content, headers, type });
      return `http://127.0.0.1:${port}${path}`;
    },
    /** From now on, the page of this address is served with these scripts first. */
    lead(address, first) {
      const page = pages.get(new URL(address).pathname);
      if (!page) throw new Error(`${address} is no page of the host site: nothing can be put before its scripts`);
      page.first = first;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
